"""AWS as a caller of requests. Only this package imports boto3, and only once something is called."""

from .caller import AwsCaller
from .settings import Settings, default_region

__all__ = ["AwsCaller", "Settings", "default_region"]
