"""Options that name properties: the engine takes any name, and does nothing about one that there is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, get_args, get_type_hints, is_typeddict

import pulumi

from ..kinds.paths import ANY, nearest, parse

_OPTIONS: Final = ("ignore_changes", "replace_on_changes", "additional_secret_outputs")

_OF_INPUT: Final = {"Output": pulumi.Output, "T": Any}
"""What the alias ``pulumi.Input`` names as text."""

Fields = Mapping[str, Any]
"""The fields of an object by their names, each with its own; an object without is not looked into."""


def first_wrong(
    opts: pulumi.ResourceOptions, known: Iterable[str], constructor: Callable[..., None]
) -> str | None:
    """Return what is wrong with the first name that no property has, or None.

    Args:
        opts: The resource's options.
        known: The names of its properties.
        constructor: What takes its arguments; their types say which fields the properties have.
    """
    named = [(option, path) for option in _OPTIONS for path in getattr(opts, option) or ()]
    if not named:
        return None
    hints = get_type_hints(constructor, localns=_OF_INPUT)
    fields = {name: _fields(hints.get(name)) for name in known}
    return next((wrong for option, path in named if (wrong := _wrong(option, path, fields))), None)


def _wrong(option: str, path: str, fields: Fields) -> str | None:
    way: list[str] = []
    for part in parse(path):
        if not fields or part == ANY:
            return None
        if part not in fields:
            right = ".".join([*way, nearest(part, fields)])
            return f"{option} names {path!r}, which is not a property; did you mean {right!r}?"
        way.append(part)
        fields = fields[part]
    return None


def _fields(hint: Any) -> Fields:
    """Return the fields of the object that a type takes, however it is wrapped: ``Input[XArgs] | None``."""
    if is_typeddict(hint):
        return {name: _fields(each) for name, each in get_type_hints(hint, localns=_OF_INPUT).items()}
    found: dict[str, Any] = {}
    for argument in get_args(hint):
        found |= _fields(argument)
    return found
