"""What the engine can say no to, each as one line that names the thing and what to do."""

from __future__ import annotations

from sandbox.errors import SandboxError


class EngineError(SandboxError):
    """The base of the engine's errors: the command could not be carried out, the message says why."""


class UnsupportedError(EngineError):
    """The program uses a part of Pulumi that this engine leaves to the CLI.

    Attributes:
        feature: What it is, in the words of the Pulumi documentation.
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


class ProviderError(EngineError):
    """A provider's method failed and did nothing that is known of; the message is the provider's."""


class PlanError(EngineError):
    """A resource cannot be planned: it is invalid, protected, or there twice.

    Attributes:
        urn: The resource.
    """

    def __init__(self, message: str, urn: str) -> None:
        self.urn = urn
        super().__init__(message)
