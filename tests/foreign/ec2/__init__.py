"""Amazon EC2's volumes, as unkind as the sandbox's own services: one function per operation."""

from __future__ import annotations

from typing import Final

CREATE: Final = ("CreateVolume", "ClientToken")
"""The operation that makes a volume, and its member with the client token."""
