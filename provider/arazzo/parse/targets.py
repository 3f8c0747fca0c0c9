"""What a step runs, and what dependsOn and the actions lead to (Arazzo 1.0.1, Step Object)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from ..faults import clipped, did_you_mean
from ..model import Target
from . import schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .cursor import Cursor
    from .names import Names

_KINDS: Final = ("operationId", "operationPath", "workflowId")
_SOURCE: Final = "$sourceDescriptions."
_PATH: Final = re.compile(
    r"\{?\$sourceDescriptions\.(?P<source>.+?)\.url\}?#/paths/(?P<path>[^/]+)/(?P<method>[^/]+)\Z"
)


def target(step: Cursor, names: Names) -> Target | None:
    """Return what a step runs: exactly one of operationId, operationPath and workflowId."""
    given = [kind for kind in _KINDS if kind in step.node.fields]
    if len(given) != 1:
        message = f"a step has {' and '.join(given) or 'neither operationId, operationPath nor workflowId'}"
        step.fault("exclusive-fields", message, "give exactly one of the three")
        return None
    text, cursor = step.text(given[0]), step.child(given[0])
    if text is None or cursor is None:
        return None
    if given[0] == "operationId":
        return _operation(cursor, text, names)
    if given[0] == "operationPath":
        return _path(cursor, text, names)
    return _workflow(cursor, text, names)


def _operation(cursor: Cursor, text: str, names: Names) -> Target | None:
    apis = {name: source for name, source in names.sources.items() if source.type != "arazzo"}
    if text.startswith(_SOURCE):
        found = names.source_and_rest(text)
        if found is None or found[0].name not in apis:
            _unknown_source(cursor, text, apis)
            return None
        return Target(source=found[0].name, operation_id=found[1])
    if len(apis) == 1:
        return Target(source=next(iter(apis)), operation_id=text)
    if apis:
        hint = f"write it as {_SOURCE}{min(apis)}.{text}"
        cursor.fault(
            "ambiguous-operation", "there are several sources, so the operation must name its own", hint
        )
    else:
        cursor.fault("unknown-source", "there is no source with operations", "add one of type openapi")
    return None


def _path(cursor: Cursor, text: str, names: Names) -> Target | None:
    match = _PATH.match(text)
    if match is None:
        hint = "write it as '{$sourceDescriptions.<name>.url}#/paths/~1datastore~1{id}/get'"
        cursor.fault("bad-operation-path", f"{clipped(text)} names no source, path and method", hint)
        return None
    if match["source"] not in names.sources or names.sources[match["source"]].type == "arazzo":
        _unknown_source(cursor, match["source"], names.sources)
        return None
    if match["method"] not in schema.METHODS:
        message = f"{clipped(match['method'])} is no HTTP method"
        cursor.fault("bad-operation-path", message, did_you_mean(match["method"], schema.METHODS))
        return None
    path = unquote(match["path"]).replace("~1", "/").replace("~0", "~")
    return Target(source=match["source"], operation_path=(path, match["method"]))


def _workflow(cursor: Cursor, text: str, names: Names) -> Target | None:
    if not workflow_is_there(cursor, text, names):
        return None
    found = names.source_and_rest(text) if text.startswith(_SOURCE) else None
    return Target(source=found[0].name, workflow_id=found[1]) if found else Target(workflow_id=text)


def workflow_is_there(cursor: Cursor, text: str, names: Names) -> bool:
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


def _unknown_source(cursor: Cursor, text: str, known: Iterable[str]) -> None:
    name = text.removeprefix(_SOURCE).split(".", 1)[0]
    cursor.fault("unknown-source", f"no source here is called {clipped(name)}", did_you_mean(name, known))
