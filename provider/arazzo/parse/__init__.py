"""From the tree of a document to the typed model: a module per group of objects, each fault placed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ..faults import clipped
from ..model import Document
from . import inputs, schema
from .actions import action
from .components import Components, Resolved, components
from .names import KnownNames, of_document, of_nodes
from .references import Setting
from .requests import parameter
from .sources import Include, self_uri, sources
from .workflows import workflows

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..protocol import JSON
    from ..tree import Node
    from .cursor import NodeCursor

_VERSION: Final = re.compile(r"1\.(?P<minor>\d+)\.\d+(-.+)?\Z")
NEWEST: Final = 1
"""The newest minor version of Arazzo that is known."""

__all__ = ["NEWEST", "document", "minor_of"]


def minor_of(root: Node) -> int:
    """Return the version that a document is read by: 0 for Arazzo 1.0, 1 for 1.1 and what is newer."""
    node = root.fields.get("arazzo")
    match = _VERSION.match(node.value) if node is not None and isinstance(node.value, str) else None
    return 0 if match is None else min(int(match["minor"][:3]), NEWEST)


def document(root: NodeCursor, include: Include, resolve: Callable[[str], str] = str) -> Document | None:
    """Read a document's root; its faults are written down. None where it is not a mapping at all.

    Args:
        root: The root.
        include: Reads what its sources of type arazzo name.
        resolve: Resolves its ``$self`` against where it was read from.
    """
    if not root.is_object(schema.DOCUMENT):
        return None
    version, own_uri = _version(root), self_uri(root)
    described = sources(root, include)
    reusable = components(root)
    schemas = _schemas(root, reusable)
    foreign = {each.name: of_document(each.document) for each in described if each.document}
    names = KnownNames(
        of_nodes(root.node.fields.get("workflows"), schemas),
        {each.name: each for each in described},
        foreign,
        {kind: frozenset(entries) for kind, entries in reusable.entries.items()},
        has_self=own_uri is not None,
    )
    setting = Setting(names)
    _check_components(reusable, setting)
    return Document(
        name=root.scope.document,
        arazzo=version,
        sources=described,
        workflows=workflows(root, schemas, reusable, setting),
        parameters={name: each.value for name, each in reusable.entries.get("parameters", {}).items()},
        extensions=root.extensions(),
        root=root.node,
        self_uri=None if own_uri is None else resolve(own_uri),
        **_info(root),
    )


def _version(root: NodeCursor) -> str:
    version, cursor = root.text("arazzo"), root.child("arazzo")
    if version is None or cursor is None:
        return ""
    match = _VERSION.match(version)
    if match is None:
        cursor.fault("wrong-version", f"{clipped(version)} is not a supported version", "use arazzo: 1.0.1")
    elif int(match["minor"][:3]) > NEWEST:
        message = f"the document has version {version} and is read as 1.{NEWEST}"
        cursor.fault("newer-version", message, severity="note")
    return version


def _info(root: NodeCursor) -> dict[str, str]:
    info = root.child("info")
    if info is None or not info.is_object(schema.INFO):
        return {}
    return {key: info.words(key) for key in ("title", "version", "summary", "description")}


def _schemas(root: NodeCursor, reusable: Components) -> dict[str, JSON]:
    """Return the schemas of the workflows' inputs by workflowId."""
    reusable_inputs = reusable.entries.get("inputs", {})
    for each in reusable_inputs.values():
        inputs.resolve_inputs(each, reusable_inputs)
    found: dict[str, JSON] = {}
    for cursor in root.list("workflows", unique=False):
        node = cursor.node.fields.get("workflowId")
        if node is not None and isinstance(node.value, str):
            found.setdefault(node.value, inputs.resolve_inputs(cursor.child("inputs"), reusable_inputs))
    return found


def _check_components(reusable: Components, setting: Setting) -> None:
    """Read every component once, used or not, for the faults that it has by itself."""
    for each in reusable.entries.get("parameters", {}).values():
        parameter(Resolved(each, each), setting)
    for kind in ("successActions", "failureActions"):
        for each in reusable.entries.get(kind, {}).values():
            action(Resolved(each, each), kind, reusable, setting)
