"""The former path of the dynamic providers: states of version 0.1.0 name it."""

from .dynamic.providers import (
    ArazzoWorkflow,
    HealthImagingDatastore,
    HealthLakeDatastore,
    HealthLakeExport,
    Provider,
)

__all__ = ["ArazzoWorkflow", "HealthImagingDatastore", "HealthLakeDatastore", "HealthLakeExport", "Provider"]
