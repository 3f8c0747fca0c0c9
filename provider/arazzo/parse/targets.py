"""What a step runs, and what dependsOn and the actions lead to (Arazzo 1.1.0, Step Object)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import unquote

from ...nearest import did_you_mean
from ..faults import clipped
from ..model import Target
from . import schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..model import SourceDescription, SourceType
    from .cursor import NodeCursor
    from .names import KnownNames

ACTIONS: Final[tuple[Literal["send", "receive"], ...]] = ("send", "receive")
"""What a step does on a channel (Arazzo 1.1)."""

ON_CHANNEL: Final = "on-channel"
"""The code of the warning that a step needs a caller for channels."""

_OLDER_KINDS: Final = ("operationId", "operationPath", "workflowId")
_KINDS: Final = ("operationId", "operationPath", "channelPath", "workflowId")
_NUMBERS: Final = {3: "three", 4: "four"}
_SOURCE: Final = "$sourceDescriptions."
_PATH: Final = re.compile(
    r"\{?\$sourceDescriptions\.(?P<source>.+?)(?:\.url)?\}?#/paths/(?P<path>[^/]+)/(?P<method>[^/]+)\Z"
)
_CHANNEL: Final = re.compile(
    r"\{?\$sourceDescriptions\.(?P<source>.+?)(?:\.url)?\}?#(?P<pointer>/channels/[^/]+)\Z"
)


def target(step: NodeCursor, names: KnownNames) -> Target | None:
    """Return what a step runs: exactly one of its fields says it."""
    kinds = _KINDS if step.scope.minor else _OLDER_KINDS
    given = [kind for kind in kinds if kind in step.node.fields]
    if len(given) != 1:
        listed = f"{', '.join(kinds[:-1])} nor {kinds[-1]}"
        message = f"a step has {' and '.join(given) or f'neither {listed}'}"
        step.fault("exclusive-fields", message, f"give exactly one of the {_NUMBERS[len(kinds)]}")
        return None
    text, cursor = step.text(given[0]), step.child(given[0])
    if text is None or cursor is None:
        return None
    on_channel = step.scope.minor > 0 and "action" in step.node.fields
    _check_action(step, given[0], on_channel=on_channel)
    if given[0] == "operationId":
        return _operation(cursor, text, names, "asyncapi" if on_channel else "openapi")
    if given[0] == "operationPath":
        return _path(cursor, text, names)
    if given[0] == "channelPath":
        return _channel(cursor, text, names)
    return _workflow(cursor, text, names)


def _check_action(step: NodeCursor, kind: str, *, on_channel: bool) -> None:
    """Check that a step on a channel says whether it sends or receives, and that no other does."""
    if on_channel and kind in ("operationId", "channelPath"):
        message = (
            f"the step {clipped(step.scope.step or '')} is on a channel: it is checked and drawn, not run"
        )
        hint = "a program runs it with arazzo.run(..., channels=...)"
        step.fault(ON_CHANNEL, message, hint, severity="warning")
    if kind == "channelPath" and not on_channel:
        step.fault("missing-field", "a step on a channel lacks action", f"add action: {' or '.join(ACTIONS)}")
    elif on_channel and kind in ("operationPath", "workflowId"):
        message = f"action is for messages, and {kind} names none"
        step.key_fault("action", "exclusive-fields", message, "remove it, or name a channel by channelPath")


def _operation(cursor: NodeCursor, text: str, names: KnownNames, wanted: SourceType) -> Target | None:
    apis = {name: source for name, source in names.sources.items() if source.type != "arazzo"}
    if text.startswith(_SOURCE):
        found = names.source_and_rest(text)
        if found is None or found[0].name not in apis:
            _unknown_source(cursor, text, apis)
            return None
        if found[0].type != wanted:
            _wrong_kind(cursor, found[0], wanted)
        return Target(source=found[0].name, operation_id=found[1])
    if len(apis) == 1:
        source = next(iter(apis.values()))
        if source.type != wanted:
            _wrong_kind(cursor, source, wanted)
        return Target(source=source.name, operation_id=text)
    if apis:
        message = "there are several sources, so the operation must name its own"
        cursor.fault("ambiguous-operation", message, _qualified(text, apis, wanted))
    else:
        cursor.fault("unknown-source", "there is no source with operations", "add one of type openapi")
    return None


def _wrong_kind(cursor: NodeCursor, source: SourceDescription, wanted: SourceType) -> None:
    message = f"the source {source.name} is of type {source.type}"
    if wanted == "openapi":
        hint = f"add action: {' or '.join(ACTIONS)}"
        cursor.fault("missing-field", f"{message}, and the step does not say what it does", hint)
    else:
        hint = "remove action, or name a source of type asyncapi"
        cursor.fault("exclusive-fields", f"{message}, and action is for messages", hint)


def _qualified(text: str, apis: Mapping[str, SourceDescription], wanted: SourceType) -> str:
    """Say how an operationId is written with its source; only its author knows which of several that is."""
    prefix, _, rest = text.partition(".")
    if rest and prefix in apis:
        return f"write it as {_SOURCE}{prefix}.{rest}"
    likely = [name for name, source in apis.items() if source.type == wanted] or list(apis)
    first, *others = likely
    written = f"write it as {_SOURCE}{first}.{text}"
    return f"{written}, or with {' or '.join(others)} if that has it" if others else written


def _path(cursor: NodeCursor, text: str, names: KnownNames) -> Target | None:
    match = _PATH.match(text)
    if match is None:
        short = _PATH.match(f"{text}/get")
        problem = " names no source, path and method"
        hint = "write it as '{$sourceDescriptions.<name>.url}#/paths/~1datastore~1{id}/get'"
        if short is not None:
            problem, hint = ": the method is missing after the path", f"write it as '{text}/get'"
        cursor.fault("bad-operation-path", f"{clipped(text)}{problem}", hint)
        return None
    source = names.sources.get(match["source"])
    if source is None or source.type == "arazzo":
        _unknown_source(cursor, match["source"], names.sources)
        return None
    if source.type == "asyncapi":
        _wrong_kind(cursor, source, "openapi")
    if match["method"] not in schema.METHODS:
        message = f"{clipped(match['method'])} is not an HTTP method"
        cursor.fault("bad-operation-path", message, did_you_mean(match["method"], schema.METHODS))
        return None
    path = unquote(match["path"]).replace("~1", "/").replace("~0", "~")
    return Target(source=match["source"], operation_path=(path, match["method"]))


def _channel(cursor: NodeCursor, text: str, names: KnownNames) -> Target | None:
    match = _CHANNEL.match(text)
    if match is None:
        hint = "write it as '{$sourceDescriptions.<name>.url}#/channels/<channel>'"
        cursor.fault("bad-channel-path", f"{clipped(text)} names no source and channel", hint)
        return None
    source = names.sources.get(match["source"])
    if source is None or source.type != "asyncapi":
        known = [name for name, each in names.sources.items() if each.type == "asyncapi"]
        _unknown_source(cursor, match["source"], known)
        return None
    return Target(source=source.name, channel_path=match["pointer"])


def _workflow(cursor: NodeCursor, text: str, names: KnownNames) -> Target | None:
    if not workflow_is_there(cursor, text, names):
        return None
    found = names.source_and_rest(text) if text.startswith(_SOURCE) else None
    return Target(source=found[0].name, workflow_id=found[1]) if found else Target(workflow_id=text)


def workflow_is_there(cursor: NodeCursor, text: str, names: KnownNames) -> bool:
    """Check that a workflowId, plain or of a source, leads to a workflow."""
    if names.workflow(text) is not None:
        return True
    if not text.startswith(_SOURCE):
        cursor.fault(
            "unknown-workflow", f"there is no workflow {clipped(text)}", did_you_mean(text, names.workflows)
        )
        return False
    found = names.source_and_rest(text)
    if found is None or found[0].type != "arazzo":
        _unknown_source(cursor, text, [name for name, each in names.sources.items() if each.type == "arazzo"])
    elif found[0].document is not None:
        known = [workflow.workflow_id for workflow in found[0].document.workflows]
        message = f"the document of source {found[0].name} has no workflow {clipped(found[1])}"
        cursor.fault("unknown-workflow", message, did_you_mean(found[1], known))
    return False


def _unknown_source(cursor: NodeCursor, text: str, known: Iterable[str]) -> None:
    name = text.removeprefix(_SOURCE).split(".", 1)[0]
    cursor.fault("unknown-source", f"no source here is called {clipped(name)}", did_you_mean(name, known))
