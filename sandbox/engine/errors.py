"""What the engine can say no to, each as one line that names the thing and what to do."""

from __future__ import annotations

from ..errors import SandboxError


class EngineError(SandboxError):
    """The base of the engine's errors: the command could not be carried out, the message says why."""


class UnsupportedError(EngineError):
    """The program uses a part of Pulumi that this engine leaves to the CLI.

    Attributes:
        feature: What it is, in the words of Pulumi's documentation.
    """

    def __init__(self, feature: str) -> None:
        self.feature = feature
        super().__init__(
            f"the sandbox's engine does not support {feature}; run this program with the pulumi CLI"
        )


class LockedError(EngineError):
    """Another run holds the stack."""


class StateError(EngineError):
    """The state file is not what it should be."""


class StoppedError(EngineError):
    """The run is coming to its end and takes no more registrations."""


class ProviderError(EngineError):
    """A provider's method failed and did nothing that is known of; the message is the provider's."""


class ProtectedError(ProviderError):
    """A protected resource is not deleted; other deletions go on."""

    def __init__(self, urn: str) -> None:
        super().__init__(
            f'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, '
            "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`"
        )


class PlanError(EngineError):
    """A resource cannot be planned: it is invalid, protected, or there twice.

    Attributes:
        urn: The resource.
        is_shown: Whether the user has been told the reasons already.
    """

    def __init__(self, message: str, urn: str, *, is_shown: bool = False) -> None:
        self.urn = urn
        self.is_shown = is_shown
        super().__init__(message)
