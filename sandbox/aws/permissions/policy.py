"""Policy documents of IAM: their statements, checked when they are given, not when they are needed.

Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ...errors import PolicyError
from .conditions import Condition, is_operator

_ELEMENTS: Final = frozenset(
    {"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)


@dataclass(frozen=True, slots=True)
class Patterns:
    """An element of patterns, such as Action, or with ``is_negated`` its opposite, such as NotAction."""

    values: tuple[str, ...]
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy.

    Attributes:
        allows: Whether its Effect is Allow; Deny otherwise.
        principals: Whom it is about, by the principal's type (``AWS``, ``Service``); None in a policy of an
            identity, which is about that identity.
        actions: What it is about.
        resources: On what; None in a trust policy, which is about its role.
        conditions: All of which have to hold.
    """

    allows: bool
    principals: Mapping[str, tuple[str, ...]] | None
    actions: Patterns
    resources: Patterns | None
    conditions: tuple[Condition, ...]


def statements(document: Any) -> tuple[Statement, ...]:
    """Return a policy document's statements.

    Raises:
        PolicyError: It is not a policy document, or uses a condition operator that is not known here.
    """
    if not isinstance(document, Mapping) or "Statement" not in document:
        raise PolicyError("a policy is an object with a Statement")
    found = document["Statement"]
    return tuple(_statement(each) for each in (found if isinstance(found, list) else [found]))


def _statement(given: Any) -> Statement:
    if not isinstance(given, Mapping) or given.get("Effect") not in {"Allow", "Deny"}:
        raise PolicyError("a statement is an object with an Effect, Allow or Deny")
    unknown = sorted(given.keys() - _ELEMENTS)
    if unknown:
        raise PolicyError(f"a statement has no element {', '.join(unknown)}")
    actions = _patterns(given, "Action")
    if actions is None:
        raise PolicyError("a statement has an Action or a NotAction")
    return Statement(
        allows=given["Effect"] == "Allow",
        principals=_principals(given.get("Principal")),
        actions=actions,
        resources=_patterns(given, "Resource"),
        conditions=tuple(_conditions(given.get("Condition", {}))),
    )


def _patterns(given: Mapping[str, Any], name: str) -> Patterns | None:
    if name in given:
        return Patterns(texts(given[name], name))
    opposite = f"Not{name}"
    return Patterns(texts(given[opposite], opposite), is_negated=True) if opposite in given else None


def _principals(given: Any) -> Mapping[str, tuple[str, ...]] | None:
    if given is None:
        return None
    if given == "*":
        return {"AWS": ("*",)}
    if not isinstance(given, Mapping):
        raise PolicyError('a Principal is "*" or an object')
    return {kind: texts(names, "Principal") for kind, names in given.items()}


def _conditions(given: Any) -> Iterator[Condition]:
    if not isinstance(given, Mapping):
        raise PolicyError("a Condition is an object of operators")
    for operator, keys in given.items():
        if not is_operator(operator):
            raise PolicyError(f"the sandbox does not know the condition operator {operator}")
        if not isinstance(keys, Mapping):
            raise PolicyError(f"the condition operator {operator} has an object of keys")
        for key, values in keys.items():
            yield Condition(operator, key, texts(values, f"Condition.{operator}.{key}"))


def texts(given: Any, where: str) -> tuple[str, ...]:
    """Return one text, or a list of them, as a tuple; true and false are strings too.

    Raises:
        PolicyError: It is something else.
    """
    found = tuple(
        str(each).lower() if isinstance(each, bool) else each
        for each in (given if isinstance(given, list) else [given])
    )
    if not all(isinstance(each, str) for each in found):
        raise PolicyError(f"{where} is a string or a list of strings")
    return found
