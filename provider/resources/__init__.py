"""The resources that programs declare: typed arguments in, Outputs out. Nothing here talks to AWS."""

from provider.resources.export import HealthLakeExport
from provider.resources.imaging import HealthImagingDatastore
from provider.resources.lake import HealthLakeDatastore
from provider.resources.workflow import ArazzoWorkflow

__all__ = ["ArazzoWorkflow", "HealthImagingDatastore", "HealthLakeDatastore", "HealthLakeExport"]
