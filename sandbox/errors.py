"""The errors of the sandbox: one base, one line each."""

from __future__ import annotations


class SandboxError(Exception):
    """The base of every error that the sandbox itself raises (not the ones that it emulates)."""


class CommandError(SandboxError):
    """A command to the sandbox's control endpoint cannot be carried out; says which and why."""


class StateFileError(SandboxError):
    """The state file cannot be read or written."""


class PolicyError(SandboxError):
    """A policy document is none, or says what the sandbox cannot decide on."""


class AddressError(SandboxError):
    """The address to listen on cannot be had."""


class AccountError(SandboxError):
    """A real account is not the one that is meant, or does not do what a run needs of it."""


class ConformanceError(SandboxError):
    """A conformance run cannot be begun, or its record cannot be read."""
