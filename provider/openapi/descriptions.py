"""A description as a document's source means it: which operations there are, and where."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import unquote, urlsplit

from . import reading

if TYPE_CHECKING:
    from ..arazzo.protocol import JSON

T = TypeVar("T")

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The fields of a Path Item Object that are operations (``query`` since OpenAPI 3.2)."""

_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class Route:
    """An operation and its place in a description.

    Attributes:
        path: The path with placeholders, as written.
        method: The HTTP method in upper case.
        pointer: The JSON Pointer of the Path Item Object.
        operation: The Operation Object.
        item: The Path Item Object.
    """

    path: str
    method: str
    pointer: str
    operation: Mapping[str, JSON]
    item: Mapping[str, JSON]

    @property
    def operation_id(self) -> str | None:
        """The operationId, if the description gives one."""
        found = self.operation.get("operationId")
        return found if isinstance(found, str) else None


@dataclass(frozen=True)
class ApiDescription:
    """An OpenAPI description.

    Attributes:
        location: Its absolute URI.
        root: The OpenAPI Object.
    """

    location: str
    root: Mapping[str, JSON]

    @functools.cached_property
    def routes(self) -> tuple[Route, ...]:
        """Every operation, in order; what is not one is left out."""
        return tuple(self._routes())

    def named(self, operation_id: str) -> Route | None:
        """Return the operation of an operationId; without regard to case where only one is spelled so."""
        return one_of(operation_id, {each.operation_id: each for each in self.routes if each.operation_id})

    def at(self, method: str, path: str) -> Route | None:
        """Return the operation at a method and path; the names of placeholders do not matter."""
        for each in self.routes:
            if each.method == method.upper() and each.path == path:
                return each
        wanted = without_names(path)
        found = [
            each
            for each in self.routes
            if each.method == method.upper() and without_names(each.path) == wanted
        ]
        return found[0] if len(found) == 1 else None

    def extension(self, name: str) -> JSON:
        """Return an ``x-`` field of the description or of its info; None where neither has it."""
        info = self.root.get("info")
        return self.root.get(name) or (info.get(name) if isinstance(info, Mapping) else None)

    @property
    def title(self) -> str:
        """The API's title, or an empty string."""
        info = self.root.get("info")
        return str(info.get("title") or "") if isinstance(info, Mapping) else ""

    def _routes(self) -> Iterator[Route]:
        paths = self.root.get("paths")
        for path, item in paths.items() if isinstance(paths, Mapping) else ():
            if not isinstance(item, Mapping):
                continue
            pointer = "/paths/" + str(path).replace("~", "~0").replace("/", "~1")
            extra = item.get("additionalOperations")  # OpenAPI 3.2
            named = {**item, **(extra if isinstance(extra, Mapping) else {})}
            for method, operation in named.items():
                is_one = method in METHODS or (isinstance(extra, Mapping) and method in extra)
                if is_one and isinstance(operation, Mapping):
                    yield Route(str(path), method.upper(), pointer, operation, item)


def hosts(description: ApiDescription) -> Iterator[str]:
    """Yield the hosts of a description's servers; placeholders stay as written."""
    servers = description.root.get("servers")
    for server in servers if isinstance(servers, list) else ():
        url = server.get("url") if isinstance(server, Mapping) else None
        if isinstance(url, str):
            yield url.partition("://")[2].partition("/")[0].partition(":")[0]


def one_of(name: str, known: Mapping[str, T]) -> T | None:
    """Return what a name means: exactly, or else without regard to case where only one is spelled so."""
    if name in known:
        return known[name]
    found = [value for key, value in known.items() if key.casefold() == name.casefold()]
    return found[0] if len(found) == 1 else None


def without_names(path: str) -> str:
    """Return a path with the names of its placeholders taken away."""
    return _PLACEHOLDER.sub("{}", path)


def description_beside(document: str, url: str) -> Path | None:
    """Return the local file that a source's url means, seen from its document; None where it is no file."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("", "file") or parts.netloc not in ("", "localhost") or not parts.path:
        return None
    return Path(document).parent / unquote(parts.path)


@functools.cache
def found(document: str, url: str) -> ApiDescription | None:
    """Return the local description that a source's url means, read once per process; None for none.

    Args:
        document: The path of the document that has the source.
        url: The source's url.

    Raises:
        InputError: There is a file, but it cannot be read.
    """
    path = description_beside(document, url)
    if path is None or not path.is_file():
        return None
    root = reading.read_description(path)
    return ApiDescription(path.resolve().as_uri(), root) if isinstance(root, Mapping) else None
