"""Sends requests of workflows to HTTP APIs, by the OpenAPI descriptions of their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from ..arazzo.protocol import Response, ServiceError
from ..errors import ConfigurationError, InputError, NoAnswerError, Place
from ..openapi import descriptions, reading
from ..openapi.descriptions import ApiDescription
from . import bodies, requests, security

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..arazzo.protocol import Operation, Request
    from ..openapi.descriptions import Route

SECONDS: Final = 60.0
"""How long an answer may take."""

_ERROR: Final = 400


class HttpCaller:
    """A caller (see ``provider.arazzo.protocol.Caller``) for APIs that have an OpenAPI description.

    Args:
        servers: The URL to send a source's requests to, by the source's name, in the place of its servers.
        headers: Headers for every request; they go before the document's and the environment's.
        environment: The variables in which credentials are looked for; see ``security``.
        fetches: Whether descriptions that are not on this machine may be fetched.
        client: An ``httpx.Client``; one of its own by default.

    Raises:
        ConfigurationError: The extra ``http`` is not installed.
    """

    def __init__(
        self,
        *,
        servers: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        fetches: bool = False,
        client: Any = None,
    ) -> None:
        self._servers = servers or {}
        self._headers = headers or {}
        self._environment = environment or {}
        self._fetches = fetches
        self._client = client or _client()
        self._fetched: dict[str, ApiDescription] = {}

    def call(self, operation: Operation, request: Request) -> Response:
        """Send a request once and return the answer, whatever its status.

        Raises:
            InputError: There is no such operation, no server for it, or the request does not fit it.
            NoAnswerError: No answer came.
            CredentialsError: The operation asks for credentials that are not there.
        """
        import httpx  # noqa: PLC0415 - of the extra http

        sending = self.sending(operation, request)
        try:
            answer = self._client.request(
                sending.method, sending.url, headers=sending.headers, **sending.body
            )
        except httpx.TransportError as error:
            place = Place(document=operation.document)
            what = f"no answer to {sending.method} {_shown(sending.url)}"
            raise NoAnswerError(what, place=place, reason=str(error) or type(error).__name__) from error
        body = bodies.received(answer.content, answer.headers.get("Content-Type", ""))
        return Response(
            status=answer.status_code,
            headers=dict(answer.headers),
            body=body,
            url=str(answer.url),
            method=sending.method,
            error=_error(answer.status_code, answer.reason_phrase),
        )

    def sending(self, operation: Operation, request: Request) -> requests.Sending:
        """Return what a request is sent as; see ``call`` for what it raises."""
        description = self.description(operation)
        route = self.route(operation)
        base = self._servers.get(operation.source) or requests.server_url(
            operation.source, description, route
        )
        names = (*request.header, *request.query, *request.cookie, *self._headers)
        given = frozenset(name.lower() for name in names)
        secrets = security.credentials(operation.source, description, route, given, self._environment)
        found = requests.sending(base, description, route, request, secrets)
        own = {name.lower() for name in self._headers}
        headers = {name: value for name, value in found.headers.items() if name.lower() not in own}
        return found._replace(headers={**headers, **self._headers})

    def route(self, operation: Operation) -> Route:
        """Return the operation in its source's description; raises InputError where it is not there."""
        description = self.description(operation)
        if operation.operation_id is not None:
            name = operation.operation_id
            own = name.removeprefix(f"{operation.source}.")  # Respect's way to name the source
            found = description.named(name) or description.named(own)
        else:
            name = f"{(operation.method or '').upper()} {operation.path}"
            found = description.at(operation.method or "", operation.path or "")
        if found is None:
            raise InputError(f"{operation.source_url} has no operation {name}")
        return found

    def description(self, operation: Operation) -> ApiDescription:
        """Return the description of an operation's source; raises InputError where there is none."""
        found = descriptions.found(operation.document, operation.source_url)
        found = found or self._fetched.get(operation.source_url)
        if found is not None:
            return found
        place, url = Place(document=operation.document), operation.source_url
        if urlsplit(url).scheme not in ("http", "https"):
            hint = "save it there, relative to the document"
            raise InputError(f"there is no OpenAPI description {url}", place=place, hint=hint)
        if not self._fetches:
            hint = "add --fetch to fetch it, or save it beside the document"
            raise InputError(f"the OpenAPI description {url} is not on this machine", place=place, hint=hint)
        return self._fetch(url)

    def _fetch(self, url: str) -> ApiDescription:
        import httpx  # noqa: PLC0415 - of the extra http

        try:
            answer = self._client.get(url, follow_redirects=True)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise InputError(f"the OpenAPI description {url} cannot be fetched", reason=str(error)) from error
        root = reading.parse_description(answer.content, url)
        found = self._fetched[url] = ApiDescription(url, root if isinstance(root, dict) else {})
        return found


def _client() -> Any:
    try:
        import httpx  # noqa: PLC0415 - of the extra http
        import uritemplate  # noqa: F401, PLC0415 - likewise; better told now than in the middle of a run
    except ImportError as error:
        hint = "pip install 'pulumi-aws-health-datastores[http]'"
        raise ConfigurationError("HTTP APIs need the extra http", reason=str(error), hint=hint) from error
    return httpx.Client(timeout=SECONDS)


def _error(status: int, reason: str) -> ServiceError | None:
    return ServiceError(str(status), reason) if status >= _ERROR else None


def _shown(url: str) -> str:
    """Return a URL without its query, which may hold secrets."""
    return url.partition("?")[0]
