"""A request as it is sent: its URL, headers and body, by what the description says of the operation. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from ..errors import InputError, Place
from ..openapi.references import resolved
from . import bodies, styles

if TYPE_CHECKING:
    from ..arazzo.protocol import Request
    from ..openapi.descriptions import ApiDescription, Route
    from .security import Credentials

_PLACEHOLDER: Final = re.compile(r"\{([^}]+)\}")


class Sending(NamedTuple):
    """What httpx is asked to send."""

    method: str
    url: str
    headers: dict[str, str]
    body: dict[str, Any]


def server_url(source: str, description: ApiDescription, route: Route) -> str:
    """Return the URL of the operation's first server, its variables at their defaults.

    Raises:
        InputError: The description names no server, or one that is relative to a file.
    """
    for holder in (route.operation, route.item, description.root):
        servers = holder.get("servers")
        if isinstance(servers, list) and servers and isinstance(servers[0], Mapping):
            url = urljoin(description.location, _filled(servers[0]))
            if urlsplit(url).scheme in ("http", "https"):
                return url
            break
    place = Place(document=description.location)
    raise InputError(f"the source {source} names no server", place=place, hint=f"add --server {source}=URL")


def _filled(server_: Mapping[str, Any]) -> str:
    variables = server_.get("variables") or {}
    return _PLACEHOLDER.sub(
        lambda match: str((variables.get(match[1]) or {}).get("default", match[0])),
        str(server_.get("url", "/")),
    )


def sending(
    base: str, description: ApiDescription, route: Route, request: Request, secrets: Credentials
) -> Sending:
    """Return what is sent for a request.

    Raises:
        InputError: A placeholder of the path has no value.
    """
    described = _described(description, route)
    path = _path(route, request, described)
    pairs = [
        styles.in_query(name, value, described.get(("query", name), {}))
        for name, value in request.query.items()
    ]
    pairs += [request.querystring] if request.querystring else []
    pairs += [f"{quote(name)}={quote(value)}" for name, value in secrets.query.items()]
    headers = {
        name: styles.in_header(value, described.get(("header", name.lower()), {}))
        for name, value in request.header.items()
    }
    cookies = [
        f"{name}={styles.in_header(value, described.get(('cookie', name), {}))}"
        for name, value in (*request.cookie.items(), *secrets.cookie.items())
    ]
    kind, body = bodies.sent(request, _content(description, route))
    headers |= {"Cookie": "; ".join(cookies)} if cookies else {}
    headers |= {"Content-Type": kind} if kind else {}
    query = "&".join(each for each in pairs if each)
    url = base.rstrip("/") + path + (f"?{query}" if query else "")
    return Sending(route.method, url, {**headers, **secrets.header}, body)


def _path(route: Route, request: Request, described: Mapping[tuple[str, str], Mapping[str, Any]]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in request.path:
            raise InputError(
                f"{route.method} {route.path} has no value for {{{name}}}", hint="add a parameter"
            )
        return styles.in_path(name, request.path[name], described.get(("path", name), {}))

    return _PLACEHOLDER.sub(value, route.path)


def _described(description: ApiDescription, route: Route) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return the Parameter Objects of an operation by place and name, a header's in lower case."""
    found = {}
    for each in (*(route.item.get("parameters") or ()), *(route.operation.get("parameters") or ())):
        parameter = resolved(description, each)
        if isinstance(parameter, Mapping):
            place, name = str(parameter.get("in")), str(parameter.get("name"))
            found[place, name.lower() if place == "header" else name] = parameter
    return found


def _content(description: ApiDescription, route: Route) -> Mapping[str, Any]:
    body = resolved(description, route.operation.get("requestBody"))
    content = body.get("content") if isinstance(body, Mapping) else None
    return content if isinstance(content, Mapping) else {}
