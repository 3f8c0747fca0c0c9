"""A cursor on one node of the tree: it reads typed fields and writes down every fault with its place."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from ...errors import Place
from ...nearest import did_you_mean
from ..faults import DocumentFault, Ledger, Severity, clipped
from ..tree import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..model import Document
    from ..protocol import JSON
    from .schema import Fields

NEWER: Final = "Arazzo 1.1 has it: write arazzo: 1.1.0"
"""The hint for what a document of Arazzo 1.0 uses and cannot have."""

KEY: Final = re.compile(r"[a-zA-Z0-9._\-]+\Z")
"""The keys of outputs and components (Arazzo 1.0.1, Components Object)."""

MAX_LIST: Final = 500
"""The most entries of a list of objects (steps, actions, parameters)."""

_KINDS: Final[dict[type, str]] = {
    dict: "a mapping",
    list: "a list",
    str: "a string",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    type(None): "null",
}

_T = TypeVar("_T", bound=str)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a cursor's faults say about where they are, and what its document is read by.

    Attributes:
        document: The document's name.
        ledger: Shared by all cursors of a document.
        workflow, step: The ids of the workflow and step that it is in.
        minor: The version of Arazzo that the document is read by: 0 for 1.0, 1 for 1.1.
    """

    document: str
    ledger: Ledger
    workflow: str | None = None
    step: str | None = None
    minor: int = 0


@dataclass(frozen=True, slots=True)
class NodeCursor:
    """One node, its JSON Pointer and its scope."""

    node: Node
    path: str
    scope: Scope

    @property
    def value(self) -> JSON:
        """The plain value of the node."""
        return self.node.value

    @property
    def place(self) -> Place:
        """Where the node stands."""
        return self._place(self.path, self.node.line, self.node.column)

    def _place(self, path: str, line: int, column: int) -> Place:
        scope = self.scope
        return Place(scope.document, scope.workflow, scope.step, path, line, column)

    def within(self, *, workflow: str | None = None, step: str | None = None) -> NodeCursor:
        """Return the cursor with the names of its workflow and step."""
        names = replace(self.scope, workflow=workflow or self.scope.workflow, step=step or self.scope.step)
        return replace(self, scope=names)

    def fault(self, code: str, message: str, hint: str = "", *, severity: Severity = "error") -> None:
        """Write down what is wrong with this node."""
        self.scope.ledger.add(DocumentFault(severity, code, message, self.place, hint))

    def key_fault(
        self, key: str, code: str, message: str, hint: str = "", *, severity: Severity = "error"
    ) -> None:
        """Write down what is wrong with one of this mapping's keys."""
        line, column = self.node.keys[key]
        place = self._place(f"{self.path}/{escape(key)}", line, column)
        self.scope.ledger.add(DocumentFault(severity, code, message, place, hint))

    def at(self, pointer: str) -> NodeCursor:
        """Return the cursor on a node inside this one, or on the nearest that there is on the way to it."""
        cursor = self
        for token in pointer.split("/")[1:]:
            inner = cursor.child(token.replace("~1", "/").replace("~0", "~")) or cursor._element(token)
            if inner is None:
                break
            cursor = inner
        return cursor

    def _element(self, token: str) -> NodeCursor | None:
        items = self.node.items
        if not token.isdecimal() or len(token) > len(str(len(items))) or int(token) >= len(items):
            return None
        return NodeCursor(items[int(token)], f"{self.path}/{token}", self.scope)

    def leaves(self) -> Iterator[NodeCursor]:
        """Yield the cursors on all values inside this one that are neither lists nor mappings."""
        if not isinstance(self.value, (dict, list)):
            yield self
        for _, inner in self.children():
            yield from inner.leaves()
        for inner in self.elements():
            yield from inner.leaves()

    def within_value(self, wanted: Callable[[JSON], bool]) -> Iterator[NodeCursor]:
        """Yield the cursors on this value and those inside it that are wanted, but none inside those."""
        if wanted(self.value):
            yield self
        elif isinstance(self.value, (dict, list)):
            for inner in (*(each for _, each in self.children()), *self.elements()):
                yield from inner.within_value(wanted)

    def child(self, key: str) -> NodeCursor | None:
        """Return the cursor on a mapping's value, None where the key is not there."""
        node = self.node.fields.get(key)
        return None if node is None else NodeCursor(node, f"{self.path}/{escape(key)}", self.scope)

    def children(self) -> Iterator[tuple[str, NodeCursor]]:
        """Yield the keys and values of a mapping."""
        for key, node in self.node.fields.items():
            yield key, NodeCursor(node, f"{self.path}/{escape(key)}", self.scope)

    def elements(self) -> Iterator[NodeCursor]:
        """Yield the values of a list."""
        for index, node in enumerate(self.node.items):
            yield NodeCursor(node, f"{self.path}/{index}", self.scope)

    def is_object(self, fields: Fields) -> bool:
        """Check that the node is an object of the specification, field by field; False for no mapping."""
        if not isinstance(self.value, dict):
            self._wrong_type(f"a mapping ({fields.title})")
            return False
        known = fields.known(self.scope.minor)
        for key in self.node.fields:
            if key not in known and not (fields.extensible and key.startswith("x-")):
                self._unknown(key, fields, known)
        for key in fields.required:
            if key not in self.node.fields:
                self.fault("missing-field", f"the {fields.title} lacks {key}", f"add {key}")
        return True

    def _unknown(self, key: str, fields: Fields, known: tuple[str, ...]) -> None:
        ignored = fields.others_ignored or key in fields.tolerated
        message = f"{clipped(key)} is not a field of the {fields.title}"
        hint = did_you_mean(key, known)
        if key in fields.newer:
            message, hint = f"{message} in Arazzo 1.0", NEWER
        elif ignored:
            message = f"{message} and is ignored"
            hint = "remove it" if key in fields.tolerated else hint
        self.key_fault(key, "unknown-field", message, hint, severity="warning" if ignored else "error")

    def text(self, key: str) -> str | None:
        """Return a string; None where it is left out or something else."""
        child = self.child(key)
        if child is None:
            return None
        if isinstance(child.value, str):
            return child.value
        scalar = not isinstance(child.value, dict | list)
        child._wrong_type("a string", "put it in quotes" if scalar else "")  # noqa: SLF001  # a cursor of its own class
        return None

    def words(self, key: str) -> str:
        """Return a string for people; an empty one where it is left out or something else."""
        return self.text(key) or ""

    def choice(self, key: str, options: Iterable[_T], newer: Iterable[_T] = ()) -> _T | None:
        """Return one of the strings that are allowed; None where it is left out or another.

        Args:
            key: The field.
            options: What is allowed.
            newer: What Arazzo 1.1 allows besides.
        """
        value = self.text(key)
        if value is None:
            return None
        known = (*options, *(newer if self.scope.minor else ()))
        for option in known:
            if value == option:
                return option
        child = self.child(key)
        if child is not None:
            message = f"{clipped(value)} is not one of {', '.join(known)}"
            hint = NEWER if value in {*newer} - {*known} else did_you_mean(value, known)
            child.fault("wrong-value", message, hint)
        return None

    def number(self, key: str, *, whole: bool = False) -> float | None:
        """Return a number of at least zero; None where it is left out or something else."""
        child = self.child(key)
        if child is None:
            return None
        if type(child.value) not in (int, float) or (whole and child.value % 1):
            child._wrong_type("an integer" if whole else "a number")  # noqa: SLF001  # a cursor of its own class
            return None
        if child.value < 0:
            child.fault("wrong-value", f"{key} is less than zero", "give zero or more")
            return None
        return float(child.value) if not whole else int(child.value)

    def list(self, key: str, *, filled: bool = False, unique: bool = True) -> tuple[NodeCursor, ...]:
        """Return the cursors on a list's values; none where it is left out or something else.

        Args:
            key: The field.
            filled: Whether it must have an entry.
            unique: Whether an entry that is there twice is written down; what has names is compared by them.
        """
        child = self.child(key)
        if child is None:
            return ()
        if not isinstance(child.value, list):
            child._wrong_type("a list", "start each entry with a dash")  # noqa: SLF001  # a cursor of its own class
            return ()
        if len(child.value) > MAX_LIST:
            child.fault("limit", f"{key} has more than {MAX_LIST} entries", "split the document")
            return ()
        if filled and not child.value:
            child.fault("empty-list", f"{key} is empty", "it needs at least one entry")
        if unique and len(child.value) > 1:
            child._check_unique(key)  # noqa: SLF001  # a cursor of its own class
        return tuple(child.elements())

    def _check_unique(self, key: str) -> None:
        seen: set[str] = set()
        for each in self.elements():
            text = json.dumps(each.value, sort_keys=True)
            if text in seen:
                each.fault("duplicate-entry", f"{key} has the same entry twice", "remove one of the two")
            seen.add(text)

    def map(self, key: str) -> tuple[tuple[str, NodeCursor], ...]:
        """Return the entries of a map with names (outputs, components); none where there is no mapping."""
        child = self.child(key)
        if child is None:
            return ()
        if not isinstance(child.value, dict):
            child._wrong_type("a mapping of names to values")  # noqa: SLF001  # a cursor of its own class
            return ()
        for name in child.node.fields:
            if not KEY.match(name):
                hint = "use letters, digits, dots, hyphens and underscores"
                child.key_fault(name, "name-pattern", f"the name {clipped(name)} is not allowed", hint)
        return tuple(child.children())

    def extensions(self) -> dict[str, JSON]:
        """Return the ``x-`` fields."""
        return {key: node.value for key, node in self.node.fields.items() if key.startswith("x-")}

    def _wrong_type(self, expected: str, hint: str = "") -> None:
        self.fault("wrong-type", f"expected {expected}, found {_KINDS[type(self.value)]}", hint)


def escape(key: str) -> str:
    """Return a key as a reference token of a JSON Pointer (RFC 6901, section 3)."""
    return key.replace("~", "~0").replace("/", "~1")


def root_of(document: Document, ledger: Ledger) -> NodeCursor:
    """Return the cursor on the root of a document that was read, for faults that are found later."""
    return NodeCursor(document.root or Node({}, 1, 1), "", Scope(document.name, ledger))
