"""Credentials from the environment, for the security schemes that a description asks for. Pure.

A scheme ``bearerAuth`` of a source ``museum`` is looked for in ``ARAZZO_MUSEUM_BEARERAUTH``, which holds the
API key or the token; for basic authentication it holds ``user:password``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ..errors import CredentialsError, Place
from ..openapi.references import resolved

if TYPE_CHECKING:
    from ..openapi.descriptions import ApiDescription, Route


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is put into a request."""

    header: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    cookie: Mapping[str, str] = field(default_factory=dict)


PREFIX: Final = "ARAZZO_"
"""How the variables begin that hold credentials."""


def variable(source: str, scheme: str) -> str:
    """Return the name of the variable that holds the credentials of a scheme."""
    return PREFIX + "_".join(re.sub(r"\W+", "_", each).upper() for each in (source, scheme))


def secrets(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield what the environment has of credentials, and what of them is sent: no log may show it."""
    for name, value in environment.items():
        if name.startswith(PREFIX):
            yield value
            yield value.partition(":")[2]
            yield base64.b64encode(value.encode()).decode()


def credentials(
    source: str,
    description: ApiDescription,
    route: Route,
    given: frozenset[str],
    environment: Mapping[str, str],
) -> Credentials:
    """Return the credentials of the first alternative that the environment has.

    Args:
        source: The source's name.
        description: Its description.
        route: The operation.
        given: The names of the headers, query parameters and cookies that the request has, in lower case.
        environment: The environment's variables.

    Raises:
        CredentialsError: The operation asks for credentials, and there are none.
    """
    asked = route.operation.get("security", description.root.get("security")) or [{}]
    missing: list[str] = []
    for alternative in asked:
        schemes = {name: _scheme(description, name) for name in alternative}
        lacking = [
            variable(source, name)
            for name, scheme in schemes.items()
            if _place(scheme)[1].lower() not in given and variable(source, name) not in environment
        ]
        if not lacking:
            return _merged(_given(source, schemes, given, environment))
        missing += lacking
    what = f"{route.operation_id or f'{route.method} {route.path}'} of {source} asks for credentials"
    hint = f"set {' or '.join(dict.fromkeys(missing))}, or give them by --header"
    raise CredentialsError(what, place=Place(document=description.location), hint=hint)


def _scheme(description: ApiDescription, name: str) -> Mapping[str, Any]:
    components = description.root.get("components")
    schemes = components.get("securitySchemes", {}) if isinstance(components, Mapping) else {}
    found = resolved(description, schemes.get(name))
    return found if isinstance(found, Mapping) else {}


def _place(scheme: Mapping[str, Any]) -> tuple[str, str]:
    """Return where a scheme's credentials go: ``header``, ``query`` or ``cookie``, and their name there."""
    if scheme.get("type") == "apiKey":
        return str(scheme.get("in", "header")), str(scheme.get("name", ""))
    return "header", "Authorization"


def _given(
    source: str,
    schemes: Mapping[str, Mapping[str, Any]],
    given: frozenset[str],
    environment: Mapping[str, str],
) -> Iterator[tuple[str, str, str]]:
    for name, scheme in schemes.items():
        place, key = _place(scheme)
        if key.lower() not in given:
            secret = environment[variable(source, name)]
            yield place, key, secret if scheme.get("type") == "apiKey" else _authorization(scheme, secret)


def _authorization(scheme: Mapping[str, Any], secret: str) -> str:
    if str(scheme.get("scheme", "bearer")).lower() == "basic":
        return f"Basic {base64.b64encode(secret.encode()).decode()}"
    return f"Bearer {secret}"


def _merged(found: Iterator[tuple[str, str, str]]) -> Credentials:
    places: dict[str, dict[str, str]] = {"header": {}, "query": {}, "cookie": {}}
    for place, key, value in found:
        places[place][key] = value
    return Credentials(places["header"], places["query"], places["cookie"])
