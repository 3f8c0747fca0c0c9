"""The two ways to carry out a document's operations: over AWS's client, or over HTTP."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...documents import described
from ...errors import InputError
from .masking import secret_headers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...arazzo import Caller, Document, DocumentFault
    from ...arazzo.machine.turn import Pending
    from ...arazzo.protocol import Operation
    from ...arazzo.runner.edge import Judge
    from ...aws.settings import Settings


@dataclass(frozen=True, slots=True)
class Transport:
    """How operations are checked, found and called.

    Attributes:
        caller: Sends requests.
        check: Finds what is wrong with a document's calls.
        where: Returns an operation's method and URL.
        sensitive: Returns the names, in lower case, under which an operation has secrets.
        headers: What is sent with each request, beside what the document says.
        secrets: Strings that are sent and must not be shown.
        judge, pending, strict_polls: What ``run`` is to know of states.
    """

    caller: Caller
    check: Callable[[Document], tuple[DocumentFault, ...]]
    where: Callable[[Operation], tuple[str, str]]
    sensitive: Callable[[Operation], frozenset[str]]
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    judge: Judge | None = None
    pending: Pending | None = None
    strict_polls: bool = False


def aws(settings: Settings) -> Transport:
    """Return the way over boto3."""
    from ...aws.caller import AwsCaller  # noqa: PLC0415 - not for HTTP APIs
    from ...documents.validation import check_document  # noqa: PLC0415 - likewise
    from ...models import services as models  # noqa: PLC0415 - likewise
    from ...models import states as statuses  # noqa: PLC0415 - likewise
    from ...models.sensitive import sensitive_members  # noqa: PLC0415 - likewise

    def where(operation: Operation) -> tuple[str, str]:
        model = models.resolve(operation)
        return model.http["method"], f"{model.service_model.service_name}:{model.http['requestUri']}"

    return Transport(
        AwsCaller(settings),
        lambda document: check_document(document, models),
        where,
        lambda operation: sensitive_members(models.resolve(operation)),
        judge=statuses.judge,
        pending=statuses.pending,
        strict_polls=True,
    )


def http(servers: Iterable[str], headers: Iterable[str], *, fetches: bool) -> Transport:
    """Return the way over HTTP.

    Args:
        servers: ``source=URL``, as the command line gives them.
        headers: ``Name: value``.
        fetches: Whether remote descriptions may be fetched.

    Raises:
        InputError: A server or a header is not written so.
        ConfigurationError: The extra ``http`` is not installed.
    """
    from ...http.caller import HttpCaller  # noqa: PLC0415 - of the extra http
    from ...http.requests import server_url  # noqa: PLC0415 - likewise
    from ...http.security import secrets  # noqa: PLC0415 - likewise
    from ...openapi.sensitive import secret_names  # noqa: PLC0415 - likewise

    given = dict(_split(each, "=", "--server", "museum=http://127.0.0.1:4010") for each in servers)
    own = dict(_split(each, ":", "--header", "'X-Name: value'") for each in headers)
    caller = HttpCaller(servers=given, headers=own, environment=os.environ, fetches=fetches)

    def where(operation: Operation) -> tuple[str, str]:
        route = caller.route(operation)
        base = given.get(operation.source)
        base = base or server_url(operation.source, caller.description(operation), route)
        return route.method, base.rstrip("/") + route.path

    def sensitive(operation: Operation) -> frozenset[str]:
        return secret_names(caller.description(operation), caller.route(operation))

    return Transport(
        caller,
        lambda document: described.check_against_description(document, caller.route),
        where,
        sensitive,
        headers=own,
        secrets=(*secret_headers(own), *secrets(os.environ)),
    )


def _split(text: str, separator: str, option: str, example: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found or not name.strip() or not value.strip():
        raise InputError(f"{option} {name} has no value", hint=f"write {option} {example}")
    return name.strip(), value.strip()
