"""Names that the program's process and the host's share."""

from __future__ import annotations

from typing import Final

STORED: Final = "pulumi-python:dynamic:stored"
"""The host's function that a program calls once a resource is stored; its package must be the host's own."""
