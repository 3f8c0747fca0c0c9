"""Notes: what an update does and the engine's own diff does not show, and what stays as it is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..kinds.equivalence import normal
from ..kinds.hidden import RESUME, SECRETS

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from ..kinds.properties import Difference


def notes(
    kind: Kind,
    resource_id: str,
    olds: Mapping[str, Any],
    news: Mapping[str, Any],
    found: Difference,
    *,
    old_inputs: Mapping[str, Any] | None,
) -> Iterator[str]:
    """Yield what to say of a difference; of values only their names, for they may be secret.

    Args:
        kind: The table's row.
        resource_id: The resource's id.
        olds: The stored outputs.
        news: The checked inputs.
        found: What differs.
        old_inputs: The stored inputs; None where the engine shows by itself how outputs and inputs differ.
    """
    if found.replaces:
        return
    what = f"{kind.noun} {resource_id}"
    if found.kept:
        names = ", ".join(found.kept)
        yield f"the program no longer sets {names}: {what} keeps it; only a new one could be without it"
    if olds.get(RESUME) is not None:
        yield f"resumes {what}, which was interrupted{_where(olds[RESUME])}"
    unseen = [name for name in found.updates if old_inputs is not None and _same(old_inputs, news, name)]
    if unseen:
        names = ", ".join(_named(name, olds.get(name), news.get(name)) for name in unseen)
        yield f"updates {what} to what the program sets: {names}"
    if olds.get(SECRETS) != news.get(SECRETS) and not found.updates:
        yield "updates in the state which properties are secret; nothing changes in AWS"


def _where(resume: Mapping[str, Any]) -> str:
    """Return at which step a run was interrupted, where its checkpoint says so."""
    step = resume.get("step")
    return f" at {step}" if isinstance(step, str) else ""


def _same(olds: Mapping[str, Any], news: Mapping[str, Any], name: str) -> bool:
    return bool(normal(olds.get(name)) == normal(news.get(name)))


def _named(name: str, before: Any, after: Any) -> str:
    """Return a property's name, with the keys that differ where it has some."""
    if not isinstance(before or {}, Mapping) or not isinstance(after or {}, Mapping):
        return name
    olds, news = before or {}, after or {}
    keys = [key for key in {**olds, **news} if normal(olds.get(key)) != normal(news.get(key))]
    return f"{name} ({', '.join(keys)})" if keys else name
