"""From text to a tree of plain values in which every node knows its line and column.

YAML is read as YAML 1.2 with JSON's types (Arazzo 1.0.1, section Format): no timestamps, no ``yes`` and
``no``, no octal numbers, no tags of one's own, no merge keys, and no key twice. The text comes from whoever
wrote the document, so its depth, nodes and aliases are bounded, and nothing in it is constructed or
evaluated.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from ..errors import Place
from . import jsontext, scalars
from .faults import DocumentError, DocumentFault
from .scalars import ScalarError
from .source import limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .protocol import JSON
    from .source import SourceText

MAX_DEPTH: Final = 100
"""The deepest nesting of lists and mappings."""
MAX_NODES: Final = 100_000
"""The most nodes, each alias counted as all that it stands for."""
MAX_ALIASES: Final = 1_000
"""The most aliases (``*name``)."""
MAX_SCALAR: Final = 256 * 1024
"""The longest single value, in characters."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True, eq=False)
class Node:
    """A plain value and where it stands.

    Attributes:
        value: None, bool, int, float, str, list or dict; an alias shares the value that it stands for.
        line, column: 1-based position of the value.
        size: How many nodes it has, itself and aliases' contents included.
        fields: A mapping's values by key.
        keys: The 1-based positions of a mapping's keys.
        items: A list's values.
    """

    value: JSON
    line: int
    column: int
    size: int = 1
    fields: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)


def compose(text: SourceText) -> tuple[Node, list[DocumentFault]]:
    """Return the tree of a string and the faults that did not keep it from being read.

    Raises:
        DocumentError: The text is not YAML, or goes over a bound.
    """
    composer = _Composer(text.name)
    json = text.text.lstrip().startswith("{") and jsontext.is_json(text.text)
    try:
        for event in jsontext.events(text.text) if json else _events(text.text):
            composer.take(event)
    except yaml.YAMLError as error:
        raise DocumentError([_syntax_fault(error, text.name)]) from error
    if composer.root is None:
        message = "the document is empty"
        raise DocumentError(
            [DocumentFault("error", "empty", message, Place(document=text.name, line=1, column=1))]
        )
    return composer.root, composer.faults


def _events(text: str) -> Iterator[Event]:
    loader = _LOADER(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _syntax_fault(error: yaml.YAMLError, name: str) -> DocumentFault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    if "maximum nesting" in problem:  # the parser looks ahead, and has a bound of its own
        message = f"the document is nested deeper than {MAX_DEPTH} levels"
        return DocumentFault("error", "limit", message, Place(document=name, line=line, column=column))
    message = f"the text is neither YAML nor JSON: {f'{context}, ' if context else ''}{problem}"
    return DocumentFault(
        "error", "syntax", " ".join(message.split()), Place(document=name, line=line, column=column)
    )


def _position(event: Event) -> tuple[int, int]:
    """Return an event's line and column, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


@dataclass(slots=True)
class _Open:
    """A mapping or list that is not closed yet."""

    node: Node
    anchor: str | None
    key: str | None = None


class _Composer:
    """Builds the tree from the parser's events, without recursion, so that depth is only a number."""

    def __init__(self, name: str) -> None:
        self.root: Node | None = None
        self.faults: list[DocumentFault] = []
        self._name = name
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}
        self._nodes = 0
        self._aliases = 0
        self._documents = 0

    def take(self, event: Event) -> None:
        """Take the next event of the parser."""
        if isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self._start(event)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            self._end()
        elif isinstance(event, AliasEvent):
            self._alias(event)
        elif isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._fault(
                    event, "several-documents", "the text holds several documents", "keep one per file"
                )

    def _scalar(self, event: ScalarEvent) -> None:
        if len(event.value) > MAX_SCALAR:
            raise limit(f"a value is longer than {MAX_SCALAR} characters", self._place(event))
        if self._wants_key():
            self._key(event)
            return
        self._put(self._node(event, self._resolve(event)), event.anchor)

    def _start(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise limit(f"the document is nested deeper than {MAX_DEPTH} levels", self._place(event))
        mapping = isinstance(event, MappingStartEvent)
        tag = event.tag if event.tag != "!" else None
        if tag not in (None, scalars.CORE + ("map" if mapping else "seq")):
            error = scalars.unknown_tag(str(tag))
            self._fault(event, error.code, str(error), error.hint)
        if self._wants_key():
            raise self._complex_key(event)
        self._open.append(_Open(self._node(event, {} if mapping else []), event.anchor))

    def _end(self) -> None:
        done = self._open.pop()
        self._put(done.node, done.anchor)

    def _alias(self, event: AliasEvent) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise limit(f"the document has more than {MAX_ALIASES} aliases", self._place(event))
        node = self._anchors.get(event.anchor or "")
        if node is None:
            message = f"the alias *{event.anchor} has no anchor before it"
            self._fault(
                event, "unknown-alias", message, f"put the anchor &{event.anchor} on an earlier value"
            )
            node = self._node(event, None)
        else:
            self._count(node.size, event)
        if self._wants_key():
            if isinstance(node.value, (dict, list)):
                raise self._complex_key(event)
            self._set_key(event, str(node.value))
            return
        self._put(node, None)

    def _wants_key(self) -> bool:
        return bool(self._open) and isinstance(self._open[-1].node.value, dict) and self._open[-1].key is None

    def _key(self, event: ScalarEvent) -> None:
        if event.value == "<<" and event.implicit[0]:
            self._fault(event, "merge-key", "YAML 1.2 has no merge keys (<<)", "write the fields out")
        self._set_key(event, event.value)
        if event.anchor:
            self._anchors[event.anchor] = self._node(event, event.value)

    def _set_key(self, event: Event, key: str) -> None:
        top = self._open[-1]
        if key in top.node.keys:
            first = top.node.keys[key][0]
            message = f"the key {key!r} is defined twice, first in line {first}"
            self._fault(event, "duplicate-key", message, "remove one of the two")
        else:
            top.node.keys[key] = _position(event)
        top.key = key

    def _put(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self.root = self.root or node
            return
        top = self._open[-1]
        top.node.size += node.size
        if top.key is None:
            top.node.value.append(node.value)
            top.node.items.append(node)
            return
        if top.key not in top.node.fields:
            top.node.value[top.key] = node.value
            top.node.fields[top.key] = node
        top.key = None

    def _node(self, event: Event, value: JSON) -> Node:
        self._count(1, event)
        return Node(value, *_position(event))

    def _count(self, nodes: int, event: Event) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            message = f"the document has more than {MAX_NODES} nodes with its aliases written out"
            raise limit(message, self._place(event))

    def _resolve(self, event: ScalarEvent) -> JSON:
        try:
            return scalars.resolve_scalar(event.value, event.tag, plain=event.implicit[0])
        except ScalarError as error:
            self._fault(event, error.code, str(error), error.hint)
            return event.value

    def _complex_key(self, event: Event) -> DocumentError:
        self._fault(event, "complex-key", "a key is a list or a mapping", "use a plain string as the key")
        return DocumentError(self.faults)

    def _place(self, event: Event) -> Place:
        line, column = _position(event)
        return Place(document=self._name, line=line, column=column)

    def _fault(self, event: Event, code: str, message: str, hint: str) -> None:
        self.faults.append(DocumentFault("error", code, message, self._place(event), hint))
