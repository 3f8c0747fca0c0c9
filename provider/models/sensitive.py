"""Which members of an operation the service's model calls sensitive. Pure.

AWS marks passwords, keys and patients' data with the trait ``sensitive`` (Smithy's ``@sensitive``, in
botocore's models a field of the shape), and asks of every tool that it shows them in no log.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from .shapes import wire_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import OperationModel, Shape


@functools.cache
def sensitive_members(operation: OperationModel) -> frozenset[str]:
    """Return the names of an operation's sensitive members, of requests and answers, in lower case.

    A member is there by its own name and by its name on the wire, at whatever depth it stands.
    """
    seen: set[str] = set()
    shapes = (operation.input_shape, operation.output_shape)
    return frozenset(
        name.lower() for shape in shapes if shape is not None for name in _sensitive(shape, seen)
    )


def _sensitive(shape: Shape, seen: set[str]) -> Iterator[str]:
    """Yield the names of the sensitive members in a shape; ``seen`` has the shapes looked through already."""
    if shape.name in seen:
        return
    seen.add(shape.name)
    for name, member in getattr(shape, "members", {}).items():
        if any(part.metadata.get("sensitive") for part in _parts(member)):
            yield from (name, wire_name(name, member))
        else:
            yield from _sensitive(member, seen)
    for part in _parts(shape)[1:]:
        yield from _sensitive(part, seen)


def _parts(shape: Shape) -> tuple[Shape, ...]:
    """Return a shape and, of a list or a map, the shape of its items."""
    inner = {"list": "member", "map": "value"}.get(shape.type_name)
    return (shape,) if inner is None else (shape, *_parts(getattr(shape, inner)))
