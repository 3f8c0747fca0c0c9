"""The errors that the emulated services answer with."""

from __future__ import annotations

from typing import Final

AUTHENTICATION: Final = frozenset(
    {
        "MissingAuthenticationTokenException",
        "IncompleteSignatureException",
        "InvalidSignatureException",
        "UnrecognizedClientException",
        "ExpiredTokenException",
    }
)
"""Codes that no service model has; HTTP 403 over REST, 400 in the JSON protocols."""


class ServiceError(Exception):
    """A refusal as AWS words it.

    Attributes:
        code: The error's shape name, ``ConflictException``.
        message: AWS's message.
        status: The HTTP status, where the service model and the protocol do not give it.
        headers: HTTP headers of the answer.
    """

    def __init__(
        self, code: str, message: str, *, status: int | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.headers = headers or {}


def validation(message: str) -> ServiceError:
    """Return a ValidationException."""
    return ServiceError("ValidationException", message)


def conflict(message: str) -> ServiceError:
    """Return a ConflictException."""
    return ServiceError("ConflictException", message)


def not_found(message: str) -> ServiceError:
    """Return a ResourceNotFoundException."""
    return ServiceError("ResourceNotFoundException", message)


def throttled(headers: dict[str, str] | None = None) -> ServiceError:
    """Return a ThrottlingException."""
    return ServiceError("ThrottlingException", "Rate exceeded", headers=headers)
