"""References (``$ref``) of a description, into itself and into files beside it. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeGuard
from urllib.parse import unquote, urlsplit

from ..errors import InputError, Place
from . import reading

if TYPE_CHECKING:
    from referencing import Resource

    from ..arazzo.protocol import JSON
    from .descriptions import ApiDescription

_MOST: Final = 32
"""How many references may lead to one another."""


def resolved(description: ApiDescription, value: JSON) -> JSON:
    """Return what a value refers to, or the value itself.

    Raises:
        InputError: The reference leads nowhere, or to what is not on this machine.
    """
    if not _is_reference(value):
        return value
    from referencing import Registry, Specification  # noqa: PLC0415 - most runs read no description
    from referencing.exceptions import Unresolvable  # noqa: PLC0415 - see above

    resource = Specification.OPAQUE.create_resource(description.root)
    registry: Registry[Any] = Registry(retrieve=_retrieve)  # type: ignore[call-arg]  # attrs' alias
    resolver = registry.with_resource(description.location, resource).resolver(description.location)
    for _ in range(_MOST):
        if not _is_reference(value):
            return value
        try:
            found = resolver.lookup(value["$ref"])
        except Unresolvable as error:
            place = Place(document=description.location)
            raise InputError(f"{value['$ref']} leads nowhere", place=place, reason=str(error)) from error
        value, resolver = found.contents, found.resolver
    raise InputError("references lead to one another without end", place=Place(document=description.location))


def _is_reference(value: JSON) -> TypeGuard[Mapping[str, JSON]]:
    return isinstance(value, Mapping) and isinstance(value.get("$ref"), str)


def _retrieve(uri: str) -> Resource[Any]:
    from referencing import Specification  # noqa: PLC0415 - see resolved
    from referencing.exceptions import NoSuchResource  # noqa: PLC0415 - see resolved

    parts = urlsplit(uri)
    if parts.scheme != "file":
        raise NoSuchResource(uri)
    return Specification.OPAQUE.create_resource(reading.read_description(Path(unquote(parts.path))))
