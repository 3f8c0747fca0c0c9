"""AWS HealthImaging: one function per operation, see ``sandbox.aws.operations``."""

from __future__ import annotations

from typing import Final

CREATE: Final = ("CreateDatastore", "clientToken")
"""The operation that makes a store, and its member with the client token."""
