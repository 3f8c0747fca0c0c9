"""Turns what boto3 raises into this package's errors, each with what to do. Names no secret."""

from __future__ import annotations

import contextlib
import functools
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ..errors import (
    ConfigurationError,
    CredentialsError,
    InputError,
    NoAnswerError,
    Place,
    ProviderError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Translate = Callable[[Exception, str, str], ProviderError]

REFUSED_CREDENTIALS: Final = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "NotAuthorized",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClient",
        "UnrecognizedClientException",
    }
)
"""Error codes by which AWS refuses who asks, not what is asked; waiting does not help."""

_RENEW: Final = "renew them (aws sso login, aws login, or new keys) and run again"
_SET: Final = "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in (aws sso login)"
_REGION: Final = "set the region (pulumi config set aws:region ..., AWS_REGION, or --region)"


@contextlib.contextmanager
def translated(what: str, endpoint: str = "", *, sent: bool = False) -> Iterator[None]:
    """Let what botocore raises inside leave as one of this package's errors; ClientError passes.

    Args:
        what: The service, or the operation, that is called.
        endpoint: The endpoint's URL, once it is known.
        sent: Whether a request is sent inside: what then fails in reading the answer is an answer, too.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - botocore takes long to import
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    try:
        yield
    except BotoCoreError as error:
        raise _error(error, what, without_userinfo(endpoint)) from error
    except (ClientError, ProviderError):
        raise
    except Exception as error:
        if not isinstance(error, ResponseParserError) and not (sent and _in_reading(error)):
            raise
        raise _unreadable(what, without_userinfo(endpoint)) from error


def refusal_of(code: str, message: str, endpoint: str) -> CredentialsError:
    """Return the error for an answer with one of the codes in ``REFUSED_CREDENTIALS``."""
    reason = f"{code}: {message}" if message else code
    place = Place(path=without_userinfo(endpoint))
    return CredentialsError("AWS refuses the credentials", place=place, reason=reason, hint=_RENEW)


def without_userinfo(url: str) -> str:
    """Return a URL without a user's name and password in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _error(error: Exception, what: str, endpoint: str) -> ProviderError:
    for kinds, translate in _kinds():
        if isinstance(error, kinds):
            return translate(error, what, endpoint)
    return ProviderError(f"{what} cannot be called", reason=_line(error))


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def _no_answer(what: str, endpoint: str, reason: str) -> NoAnswerError:
    at = f" from {endpoint}" if endpoint else ""
    hint = "check the endpoint and the network; what was begun is kept"
    return NoAnswerError(f"no answer to {what}{at}", reason=reason, hint=hint)


def _unreadable(what: str, endpoint: str) -> NoAnswerError:
    error = _no_answer(what, endpoint, "the answer cannot be read")
    error.is_unreadable = True
    return error


def _in_reading(error: Exception) -> bool:
    """Whether something was raised while an answer was read: botocore's parsers trust what they are given."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__") in _READERS:
            return True
        trace = trace.tb_next
    return False


_READERS: Final = frozenset({"botocore.parsers", f"{__package__}.responses"})


def was_sent(error: NoAnswerError) -> bool:
    """Whether a request without an answer may have reached the service."""
    return type(error.__cause__).__name__ not in _NEVER_SENT


_NEVER_SENT: Final = frozenset({"ConnectTimeoutError", "EndpointConnectionError", "ProxyConnectionError"})


def _silent(error: Exception, what: str, endpoint: str) -> ProviderError:
    return _no_answer(what, endpoint, _SILENCES.get(type(error).__name__, "the connection broke"))


_SILENCES: Final = {
    "ConnectTimeoutError": "the connection timed out",
    "ConnectionClosedError": "the connection was closed before an answer came",
    "EndpointConnectionError": "nothing listens there, or it cannot be reached",
    "ProxyConnectionError": "the proxy cannot be reached",
    "ReadTimeoutError": "nothing was received within the read timeout",
}


def _insecure(error: Exception, what: str, endpoint: str) -> ProviderError:
    hint = "check the endpoint's certificate, or set aws:customCaBundle or AWS_CA_BUNDLE"
    return ConfigurationError(
        f"no secure connection for {what} to {endpoint}", reason=_line(error), hint=hint
    )


def _no_credentials(_error: Exception, _what: str, _endpoint: str) -> ProviderError:
    return CredentialsError("no AWS credentials were found", hint=_SET)


def _credentials(error: Exception, _what: str, _endpoint: str) -> ProviderError:
    return CredentialsError("the AWS credentials cannot be used", reason=_line(error), hint=_RENEW)


def _region(_error: Exception, _what: str, _endpoint: str) -> ProviderError:
    return ConfigurationError("no AWS region is set", hint=_REGION)


def _configuration(error: Exception, _what: str, _endpoint: str) -> ProviderError:
    hint = "correct the region, the profile or AWS's configuration files"
    return ConfigurationError("the AWS configuration cannot be used", reason=_line(error), hint=hint)


def _input(error: Exception, what: str, _endpoint: str) -> ProviderError:
    report = _VALUE.sub("type: ", str(error)).removeprefix("Parameter validation failed:")
    return InputError(f"{what} would be refused", reason="; ".join(report.strip().splitlines()))


_VALUE: Final = re.compile(r"value: .*, type: ")
"""What botocore shows of a value of the wrong type; it may be a secret."""


@functools.cache
def _kinds() -> tuple[tuple[tuple[type[Exception], ...], Translate], ...]:
    """Return which of botocore's errors become which of ours, the most special ones first."""
    from botocore import exceptions as e  # noqa: PLC0415 - see translated

    return (
        ((e.NoRegionError,), _region),
        ((e.NoCredentialsError,), _no_credentials),
        ((e.SSLError,), _insecure),
        ((e.ProfileNotFound, e.ConfigParseError, e.ConfigNotFound, e.InvalidConfigError), _configuration),
        ((e.InvalidRegionError, e.BaseEndpointResolverError, e.EndpointProviderError), _configuration),
        ((e.UnknownServiceError, e.InvalidRetryConfigurationError), _configuration),
        ((e.PartialCredentialsError, e.CredentialRetrievalError, e.UnknownCredentialError), _credentials),
        ((e.NoAuthTokenError, e.TokenRetrievalError, e.SSOError, e.LoginError), _credentials),
        ((e.RefreshWithMFAUnsupportedError, e.MetadataRetrievalError), _credentials),
        ((e.ParamValidationError, e.ValidationError), _input),
        ((e.ConnectionError, e.HTTPClientError, e.IncompleteReadError, e.ChecksumError), _silent),
    )
