"""The resources that programs declare: typed arguments in, Outputs out. Nothing here talks to AWS."""

from .export import HealthLakeExport
from .imaging import HealthImagingDatastore
from .lake import HealthLakeDatastore
from .workflow import ArazzoWorkflow

__all__ = ["ArazzoWorkflow", "HealthImagingDatastore", "HealthLakeDatastore", "HealthLakeExport"]
