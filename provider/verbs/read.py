"""Read: the resource as AWS has it now; what was changed outside comes back as inputs, so that it shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..kinds.equivalence import covers, normal, overlay
from ..kinds.hidden import ACCOUNT, CLAIMED, CREATION, RESUME, TOKEN, left_to_provider
from ..kinds.parts import Life
from ..kinds.properties import Change
from .claim_tag import take_off
from .claims import KEY, visible
from .session import WorkflowError
from .tag_limit import held_back
from .tags import shown_tags

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from .session import Session


@dataclass(frozen=True, slots=True)
class Found:
    """A resource as it is.

    Attributes:
        outputs: All its outputs.
        inputs: Its inputs, with what was changed outside.
    """

    outputs: dict[str, Any]
    inputs: dict[str, Any]


def read(
    kind: Kind,
    resource_id: str,
    props: Mapping[str, Any],
    session: Session,
    asked_for: Mapping[str, Any] | None = None,
) -> Found | None:
    """Return the resource as it is now, or None where it is gone.

    A claim that is on it still comes off where the stack manages it: the engine shows that the state holds
    it.

    Args:
        kind: The table's row.
        resource_id: Its id.
        props: The stored outputs; on a `get` by id the program's inputs only.
        session: The verb's session.
        asked_for: The stored inputs; None where the engine sends none, and on a `get` by id.

    Raises:
        ProviderError: It cannot be read.
    """
    if "read" not in kind.workflows:
        return _as_held(kind, props, asked_for)
    managed = kind.id_property in props
    held = {**props, kind.id_property: resource_id}
    seen = _look(kind, held, session)
    if seen is None:
        return _as_held(kind, props, asked_for) if kind.forgotten and managed else None
    facts = kind.reported(seen, held)
    if kind.life(facts) is Life.DELETED:
        return None
    held_inputs = _inputs(kind, props)
    changed = _drift(kind, held_inputs, kind.live(seen)) if managed else kind.live(seen)
    if kind.tags:
        tags = shown_tags(seen, session)
        if KEY in tags:
            facts[CLAIMED] = True
            tags = {**held_back(props.get("tags")), **tags}
            if props.get(TOKEN) and take_off(kind, resource_id, {**held, **facts}, session):
                del facts[CLAIMED]
        changed |= _tag_drift(held_inputs, tags, managed=managed)
    dropped = {CLAIMED} if kind.tags else set()
    kept = {name: value for name, value in props.items() if name not in dropped}
    return Found(
        {**kept, **changed, **facts, kind.id_property: resource_id},
        {**_asked(kind, held_inputs, asked_for), **changed},
    )


def _as_held(kind: Kind, props: Mapping[str, Any], asked_for: Mapping[str, Any] | None) -> Found:
    return Found(dict(props), _asked(kind, _inputs(kind, props), asked_for))


def _inputs(kind: Kind, props: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored inputs: they are among the outputs, the hidden ones too."""
    hidden = {name for name in props if name.startswith("__")} - {ACCOUNT, CLAIMED, CREATION, RESUME}
    return {name: value for name, value in props.items() if name in hidden | kind.names}


def _asked(kind: Kind, held: Mapping[str, Any], asked_for: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the inputs without what an adopted resource has beyond what was asked for."""
    if not asked_for:
        return dict(held)
    stays = {*kind.by(Change.REPLACE), *left_to_provider(asked_for)}
    return {
        name: asked_for[name] if name in stays else value for name, value in held.items() if name in asked_for
    }


def _look(kind: Kind, held: Mapping[str, Any], session: Session) -> dict[str, Any] | None:
    """Return what the service says of the resource, or None where it does not know it.

    What is terminal is left out: the service spells it now this way, now that.
    """
    try:
        outputs = session.run(kind.workflows["read"], kind.keys(held), is_look=True).outputs
    except WorkflowError as error:
        if error.not_found:
            return None
        raise
    terminal = kind.terminal(held)
    seen = {**outputs, **_look_at_run(kind, held, session)}
    return {name: value for name, value in seen.items() if name not in terminal}


def _look_at_run(kind: Kind, held: Mapping[str, Any], session: Session) -> Mapping[str, Any]:
    """Return what the service says of the resource's last job; one that it has forgotten is not drift."""
    job = kind.job
    if job is None or kind.terminal(held) or not held.get(job.id_property):
        return {}
    keys = {**kind.keys(held), job.id_input: held[job.id_property]}
    try:
        return session.run(kind.workflows["read-run"], keys, is_look=True).outputs
    except WorkflowError as error:
        if error.not_found:
            return {}
        raise


def _drift(kind: Kind, inputs: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """Return the managed properties that were changed outside.

    Only what can change is compared: the service echoes the rest in forms of its own. What the user left
    out is the service's to fill in. What the service no longer reports was taken away, where it was not off.
    """
    changed = {}
    for name in kind.by(Change.UPDATE) if live else ():
        if inputs.get(name) is None or is_off(inputs[name]) > (name in live):
            continue
        if not covers(inputs[name], live.get(name)):
            changed[name] = overlay(inputs[name], live.get(name))
    return changed


def is_off(held: Any) -> bool:
    """Whether what was asked for is what a service that reports nothing has."""
    return normal(held) is None or (isinstance(held, Mapping) and held.get("status") == "DISABLED")


def _tag_drift(inputs: Mapping[str, Any], tags: Mapping[str, str], *, managed: bool) -> dict[str, Any]:
    """Return the tags where they differ; a user who sets none leaves them to others."""
    shown = visible(tags)
    if managed and inputs.get("tags") is None:
        return {}
    return {} if normal(inputs.get("tags")) == normal(shown) else {"tags": shown}
