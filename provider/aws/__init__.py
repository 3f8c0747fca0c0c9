"""AWS as a caller of requests. Only this package imports boto3, and only once something is called."""

from provider.aws.caller import AwsCaller
from provider.aws.settings import Settings, default_region

__all__ = ["AwsCaller", "Settings", "default_region"]
