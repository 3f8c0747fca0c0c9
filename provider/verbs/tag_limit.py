"""The limit of tags. AWS allows 50; a claim needs a place among them until a state holds the store.

Source: "Tag naming limits and requirements" in the user guide of Tagging AWS Resources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from ..kinds.properties import Change
from ..models.shapes import Fault, is_open

if TYPE_CHECKING:
    from ..kinds.kind import Kind

MOST: Final = 50
"""How many tags a resource of AWS has at most; AWS's own do not count."""


def held_back(tags: Mapping[str, str] | None) -> dict[str, str]:
    """Return the tags that have no place beside a claim: they are put on when it comes off."""
    return {key: tags[key] for key in sorted(tags)[MOST - 1 :]} if tags else {}


def beside_claim(tags: Mapping[str, str] | None) -> dict[str, str]:
    """Return the tags that have a place beside a claim."""
    later = held_back(tags)
    return {key: value for key, value in (tags or {}).items() if key not in later}


def limit_faults(kind: Kind, inputs: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault where there are more tags than AWS allows."""
    for name, tags in _known(kind, inputs):
        if len(tags) > MOST:
            yield Fault(name, f"has {len(tags)} tags, the stack's default tags included; AWS allows {MOST}")


def limit_warnings(kind: Kind, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Yield what to say where all places are taken."""
    for name, tags in _known(kind, inputs):
        for key in held_back(tags):
            yield (
                f"{name} has {len(tags)} tags, as many as AWS allows: while the {kind.label} is being made, "
                f"a tag of this provider needs a place, so {key} is put on after that"
            )


def _known(kind: Kind, inputs: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for name in kind.by(Change.TAGS):
        tags = inputs.get(name)
        if isinstance(tags, Mapping) and not is_open(list(tags)):
            yield name, tags
