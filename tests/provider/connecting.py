"""The provider's way to AWS as the tests go it: by the stack's configuration, to the sandbox."""

from __future__ import annotations

from typing import Any

from provider.arazzo import Operation, Request
from provider.aws.caller import AwsCaller
from provider.aws.settings import Settings
from provider.kinds.table import HEALTHLAKE_DATASTORE
from provider.verbs.process import Process

ROLE = "arn:aws:iam::999999999999:role/health"
LAKE = HEALTHLAKE_DATASTORE
VALUES = {"datastore_name": "records", "datastore_type_version": "R4", "region": "us-east-1", "__token": "t"}


def process(**values: Any) -> Process:
    """What a host process knows in a stack with that configuration, in the ``aws`` namespace."""
    return Process(get={f"aws:{name}": value for name, value in values.items()}.get)


def look(settings: Settings) -> int:
    """Send a request, and return the status of the answer."""
    operation = Operation(
        "healthlakeApi", "ListFHIRDatastores", source_extensions={"x-aws-service": "healthlake"}
    )
    return AwsCaller(settings).call(operation, Request(body={})).status
