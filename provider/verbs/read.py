"""Read: the resource as AWS has it now; what was changed outside comes back as inputs, so that it shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provider.claims import visible
from provider.properties import Change, normal, tags_to_map
from provider.session import WorkflowError
from provider.verbs.create import CLAIMED

if TYPE_CHECKING:
    from provider.kind import Kind
    from provider.session import Session


@dataclass(frozen=True, slots=True)
class Found:
    """A resource as it is.

    Attributes:
        outputs: All its outputs.
        inputs: Its inputs, with what was changed outside.
    """

    outputs: dict[str, Any]
    inputs: dict[str, Any]


def read(kind: Kind, resource_id: str, props: Mapping[str, Any], session: Session) -> Found | None:
    """Return the resource as it is now, or None where it is gone.

    Args:
        kind: The table's row.
        resource_id: Its id.
        props: The stored outputs; on a `get` by id the program's inputs only.
        session: The verb's session.

    Raises:
        ProviderError: It cannot be read.
    """
    if "read" not in kind.workflows:
        return Found(dict(props), {name: value for name, value in props.items() if name in kind.names})
    held = {**props, kind.id_property: resource_id}
    outputs = _described(kind, held, session)
    if outputs is None or outputs[0].get(kind.status_property) in kind.statuses.gone:
        return None
    facts, live, tags = outputs
    managed = kind.id_property in props
    inputs = {row.name: props[row.name] for row in kind.properties if row.name in props}
    inputs |= {name: value for name, value in props.items() if name.startswith("__") and name != CLAIMED}
    inputs |= _drift(kind, inputs, live) if managed else live
    if kind.tags:
        inputs |= _tag_drift(inputs, tags, managed=managed)
    kept = {name: value for name, value in props.items() if name not in inputs}
    return Found({**kept, **inputs, **facts, kind.id_property: resource_id}, inputs)


def _described(
    kind: Kind, held: Mapping[str, Any], session: Session
) -> tuple[dict[str, Any], dict[str, Any], dict[str, str]] | None:
    """Return outputs, live properties and tags, or None where the service does not know the resource."""
    try:
        result = session.run(kind.workflows["read"], kind.keys(held), judged=False)
    except WorkflowError as error:
        if error.not_found:
            return None
        raise
    facts = kind.reported({**result.outputs, **_last_run(kind, held, session)}, held)
    return facts, kind.live(result.outputs), tags_to_map(result.outputs.get("tags"))


def _last_run(kind: Kind, held: Mapping[str, Any], session: Session) -> Mapping[str, Any]:
    """Return what the service says of the resource's last job; one that it has forgotten is no drift."""
    workflow = kind.workflows.get("read-run")
    if workflow is None or not held.get("job_id"):
        return {}
    try:
        return session.run(workflow, {**kind.keys(held), "JobId": held["job_id"]}, judged=False).outputs
    except WorkflowError as error:
        if error.not_found:
            return {}
        raise


def _drift(kind: Kind, inputs: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """Return the managed properties that were changed outside.

    Only what can change is compared: the service echoes the rest in forms of its own. What the user left
    out is the service's to fill in.
    """
    return {
        name: overlay(inputs[name], live[name])
        for name in kind.by(Change.UPDATE)
        if inputs.get(name) is not None and name in live and not covers(inputs[name], live[name])
    }


def covers(held: Any, live: Any) -> bool:
    """Whether what the service reports is what was asked for, however much it adds."""
    if isinstance(held, Mapping) and isinstance(live, Mapping):
        return all(covers(value, live.get(key)) for key, value in held.items())
    return same(held, live)


def overlay(held: Any, live: Any) -> Any:
    """Return what was asked for with the service's value wherever the two differ."""
    if isinstance(held, Mapping) and isinstance(live, Mapping):
        return {
            key: overlay(value, live.get(key)) for key, value in held.items() if live.get(key) is not None
        }
    return held if same(held, live) else live


def same(held: Any, live: Any) -> bool:
    """Whether two values mean the same: numbers by value, JSON texts by what they say."""
    return bool(normal(held) == normal(live) or _json(held) == _json(live) != ())


def _json(value: Any) -> Any:
    """Return what a JSON text of an object says, or () for anything else."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return ()
    try:
        return json.loads(value)
    except ValueError:
        return ()


def _tag_drift(inputs: Mapping[str, Any], tags: Mapping[str, str], *, managed: bool) -> dict[str, Any]:
    """Return the tags where they differ; a user who sets none leaves them to others."""
    shown = visible(tags)
    if managed and inputs.get("tags") is None:
        return {}
    return {} if normal(inputs.get("tags")) == normal(shown) else {"tags": shown}
