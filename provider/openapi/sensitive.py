"""Under which names an operation has secrets: those of ``format: password``, and those of security schemes.

What a reference into another file leads to names none where it cannot be followed: a log is not the place to
refuse a description, and the request says so itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..errors import InputError
from .references import resolved

if TYPE_CHECKING:
    from ..arazzo.protocol import JSON
    from .descriptions import ApiDescription, Route


def secret_names(description: ApiDescription, route: Route) -> frozenset[str]:
    """Return the names, in lower case, of the parameters and properties that hold secrets."""
    components = description.root.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, Mapping) else None
    names = [each["name"] for each in _mappings(description, schemes) if isinstance(each.get("name"), str)]
    parts = (route.item.get("parameters"), route.operation)
    names += [name for part in parts for name in _passwords(description, part, set())]
    return frozenset(name.lower() for name in names)


def _mappings(description: ApiDescription, named: JSON) -> Iterator[Mapping[str, JSON]]:
    for each in named.values() if isinstance(named, Mapping) else ():
        found = _followed(description, each)
        if isinstance(found, Mapping):
            yield found


def _passwords(description: ApiDescription, value: JSON, seen: set[int]) -> Iterator[str]:
    """Yield the names of parameters and properties whose schema says that they are passwords."""
    value = _followed(description, value)
    if isinstance(value, list):
        for each in value:
            yield from _passwords(description, each, seen)
    if not isinstance(value, Mapping) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value.get("name"), str) and _is_password(description, value.get("schema")):
        yield value["name"]
    properties = value.get("properties")
    for name, schema in properties.items() if isinstance(properties, Mapping) else ():
        if _is_password(description, schema):
            yield name
    for each in value.values():
        yield from _passwords(description, each, seen)


def _is_password(description: ApiDescription, schema: JSON) -> bool:
    schema = _followed(description, schema)
    return isinstance(schema, Mapping) and schema.get("format") == "password"


def _followed(description: ApiDescription, value: JSON) -> JSON:
    try:
        return resolved(description, value)
    except InputError:
        return None
