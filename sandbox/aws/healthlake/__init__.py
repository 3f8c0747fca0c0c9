"""AWS HealthLake: one function per operation, see ``sandbox.aws.operations``.

Data transformation (its profiles and their versions, its jobs, and ``UpdateProfileWithAgent``, which has an
agent write a profile) is not emulated: it is on no data store. Its operations are refused by name with
``NotEmulatedException``, HTTP 501.
"""

from __future__ import annotations

from typing import Final

CREATE: Final = ("CreateFHIRDatastore", "ClientToken")
"""The operation that makes a store, and its member with the client token."""
