"""Checks a request's Signature Version 4, as AWS's front does before the service sees it."""

from __future__ import annotations

import hmac
from calendar import timegm
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import strptime
from typing import Final

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.core.request import Request

from .errors import ServiceError

ALGORITHM: Final = "AWS4-HMAC-SHA256"
MAX_SKEW_SECONDS: Final = 300

ACCESS_KEY_ID: Final = "SANDBOXACCESSKEYID00"
SECRET_ACCESS_KEY: Final = "sandbox-secret-access-key"  # noqa: S105  # opens nothing but this emulator
REFUSED_KEYS: Final[Mapping[str, tuple[str, str]]] = {
    "EXPIRED": ("ExpiredTokenException", "The security token included in the request is expired"),
    "UNKNOWN": ("UnrecognizedClientException", "The security token included in the request is invalid."),
}
"""Access key ids that start like this are refused like that."""


@dataclass(frozen=True, slots=True)
class Key:
    """What the emulator knows of an access key: it computes again what was signed with it.

    Attributes:
        token: The session token that has to come with it; None for a key that does not expire.
        is_expired: Whether its time is over.
    """

    secret: str
    token: str | None = None
    is_expired: bool = False


KEYS: Final[Mapping[str, Key]] = {ACCESS_KEY_ID: Key(SECRET_ACCESS_KEY)}
"""The access keys that are there from the start; any other one is let in unchecked."""


@dataclass(frozen=True, slots=True)
class Signature:
    """A parsed Authorization header."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str


ANONYMOUS: Final = Signature("", "", "us-east-1", "sts", (), "")
"""Who sends what needs no signature: an operation whose model says so (``auth: none``)."""


def authenticate(
    request: Request,
    body: bytes,
    service: str,
    *,
    now: float,
    find_key: Callable[[str], Key | None] = KEYS.get,
) -> Signature:
    """Check who signed a request, for which service, when, and where the secret is known that it is whole.

    Args:
        request: The request as it came.
        body: Its body.
        service: The signing name of the service it is meant for.
        now: The caller's real time in seconds since the epoch.
        find_key: Returns what is known of an access key id, or None.

    Raises:
        ServiceError: One of ``errors.AUTHENTICATION``.
    """
    signature = _parse(request)
    _check_scope(signature, request, service, now)
    for prefix, (code, message) in REFUSED_KEYS.items():
        if signature.access_key_id.startswith(prefix):
            raise ServiceError(code, message)
    key = find_key(signature.access_key_id)
    if key is not None:
        _check_token(key, request)
        _check_signature(signature, request, body, key.secret)
    return signature


def _check_token(key: Key, request: Request) -> None:
    if key.token is not None and request.headers.get("X-Amz-Security-Token") != key.token:
        raise ServiceError(*REFUSED_KEYS["UNKNOWN"])
    if key.is_expired:
        raise ServiceError(*REFUSED_KEYS["EXPIRED"])


def _parse(request: Request) -> Signature:
    header = request.headers.get("Authorization")
    if not header:
        raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token")
    algorithm, _, rest = header.partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    missing = [name for name in ("Credential", "Signature", "SignedHeaders") if not fields.get(name)]
    if algorithm != ALGORITHM or missing:
        problem = f"requires '{missing[0]}' parameter" if missing else f"must use {ALGORITHM}"
        raise ServiceError("IncompleteSignatureException", f"Authorization header {problem}.")
    scope = fields["Credential"].split("/")
    if len(scope) != 5 or scope[-1] != "aws4_request":  # noqa: PLR2004  # key/date/region/service/aws4_request
        raise ServiceError(
            "IncompleteSignatureException", "Credential must have exactly 5 slash-delimited elements."
        )
    key, date, region, service, _ = scope
    return Signature(
        key, date, region, service, tuple(fields["SignedHeaders"].split(";")), fields["Signature"]
    )


def _check_scope(signature: Signature, request: Request, service: str, now: float) -> None:
    problem = None
    if signature.service != service:
        problem = f"Credential should be scoped to correct service: '{service}'."
    elif not signature.region:
        problem = "Credential should be scoped to a valid region."
    elif "host" not in signature.signed_headers:
        problem = "'Host' must be a 'SignedHeader' in the AWS Authorization."
    else:
        problem = _date_problem(signature, request.headers.get("X-Amz-Date", ""), now)
    if problem:
        raise ServiceError("InvalidSignatureException", problem)


def _date_problem(signature: Signature, timestamp: str, now: float) -> str | None:
    try:
        signed_at = timegm(strptime(timestamp, SIGV4_TIMESTAMP))
    except ValueError:
        return "Date must be in ISO-8601 'basic format'."
    if not timestamp.startswith(signature.date):
        return "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP."
    if abs(now - signed_at) > MAX_SKEW_SECONDS:
        return f"Signature expired: {timestamp} is more than {MAX_SKEW_SECONDS} s from the time here."
    return None


def _check_signature(signature: Signature, request: Request, body: bytes, secret: str) -> None:
    headers = {name: request.headers[name] for name in signature.signed_headers if name in request.headers}
    signed = AWSRequest(method=request.method, url=request.raw_url, headers=headers, data=body)
    signed.context["timestamp"] = request.headers["X-Amz-Date"]
    auth = SigV4Auth(Credentials(signature.access_key_id, secret), signature.service, signature.region)
    expected = auth.signature(auth.string_to_sign(signed, auth.canonical_request(signed)), signed)
    if not hmac.compare_digest(expected, signature.signature):
        raise ServiceError(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method.",
        )
