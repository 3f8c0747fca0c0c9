"""From text to a tree of plain values in which every node knows its line and column.

YAML is read as YAML 1.2 with JSON's types (Arazzo 1.0.1, section Format): no timestamps, no ``yes`` and
``no``, no octal numbers, no tags of one's own, no merge keys, and no key twice. The text comes from whoever
wrote the document, so its size, depth, nodes and aliases are bounded, and nothing in it is constructed or
evaluated.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
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

from provider.arazzo import jsontext
from provider.arazzo.faults import DocumentError, Fault
from provider.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provider.arazzo.protocol import JSON

MAX_BYTES: Final = 4 * 1024 * 1024
"""The largest document that is read, in bytes of UTF-8."""
MAX_DEPTH: Final = 100
"""The deepest nesting of lists and mappings."""
MAX_NODES: Final = 100_000
"""The most nodes, each alias counted as all that it stands for."""
MAX_ALIASES: Final = 1_000
"""The most aliases (``*name``)."""
MAX_SCALAR: Final = 256 * 1024
"""The longest single value, in characters."""
MAX_DIGITS: Final = 400
"""The longest number, in characters."""

TEXT_NAME: Final = "<text>"

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE: Final = "tag:yaml.org,2002:"
_WORDS: Final[dict[str, JSON]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_FLOAT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z")
_TEXT_START: Final = re.compile(r"\s*(?:\{|arazzo\s*:)")


@dataclass(frozen=True, slots=True)
class Text:
    """A document's text. ``name`` is its path as given, or ``<text>`` where there is no ``file``."""

    name: str
    text: str
    file: Path | None = None


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


def read(source: str | Path) -> Text:
    """Return a document's text: of a file, or the source itself where it is a text.

    A ``str`` is a text if it has a line break or starts with ``{`` or ``arazzo:``, else a path.

    Raises:
        DocumentError: The file cannot be read, is too large or is not UTF-8.
    """
    if isinstance(source, str) and ("\n" in source or _TEXT_START.match(source)):
        return Text(TEXT_NAME, _bounded(source, TEXT_NAME))
    path = Path(source)
    return Text(str(source), _decode(_read_bytes(path), str(source)), path)


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"cannot read the document: {reason[:1].lower()}{reason[1:]}"
        hint = "give the path of an Arazzo document"
        raise DocumentError(
            [Fault("error", "unreadable", message, Place(document=str(path)), hint)]
        ) from error


def _decode(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise _limit(f"the document is larger than {MAX_BYTES} bytes", Place(document=name))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the document is not UTF-8: {error.reason} at byte {error.start}"
        raise DocumentError(
            [Fault("error", "encoding", message, Place(document=name, line=line), "save it as UTF-8")]
        ) from error


def _bounded(text: str, name: str) -> str:
    if len(text) > MAX_BYTES:
        raise _limit(f"the document is larger than {MAX_BYTES} characters", Place(document=name))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        message = f"the text cannot be written as UTF-8: {error.reason}"
        raise DocumentError([Fault("error", "encoding", message, Place(document=name))]) from error
    return text.removeprefix("\ufeff")


def _limit(message: str, place: Place) -> DocumentError:
    hint = "a document from a source that you trust can be split into several"
    return DocumentError([Fault("error", "limit", message, place, hint)])


def compose(text: Text) -> tuple[Node, list[Fault]]:
    """Return the tree of a text and the faults that did not keep it from being read.

    Raises:
        DocumentError: The text is no YAML, or goes over a bound.
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
        raise DocumentError([Fault("error", "empty", message, Place(document=text.name, line=1, column=1))])
    return composer.root, composer.faults


def _events(text: str) -> Iterator[Event]:
    loader = _LOADER(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _syntax_fault(error: yaml.YAMLError, name: str) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    message = f"the text is neither YAML nor JSON: {f'{context}, ' if context else ''}{problem}"
    return Fault("error", "syntax", " ".join(message.split()), Place(document=name, line=line, column=column))


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
        self.faults: list[Fault] = []
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
            raise _limit(f"a value is longer than {MAX_SCALAR} characters", self._place(event))
        if self._wants_key():
            self._key(event)
            return
        self._put(self._node(event, self._resolve(event)), event.anchor)

    def _start(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise _limit(f"the document is nested deeper than {MAX_DEPTH} levels", self._place(event))
        mapping = isinstance(event, MappingStartEvent)
        tag = event.tag if event.tag != "!" else None
        if tag not in (None, _CORE + ("map" if mapping else "seq")):
            self._unknown_tag(event, str(tag))
        if self._wants_key():
            raise self._complex_key(event)
        self._open.append(_Open(self._node(event, {} if mapping else []), event.anchor))

    def _end(self) -> None:
        done = self._open.pop()
        self._put(done.node, done.anchor)

    def _alias(self, event: AliasEvent) -> None:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise _limit(f"the document has more than {MAX_ALIASES} aliases", self._place(event))
        node = self._anchors.get(event.anchor or "")
        if node is None:
            message = f"the alias *{event.anchor} stands for nothing that ends before it"
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
            self._fault(event, "merge-key", "merge keys (<<) are no part of YAML 1.2", "write the fields out")
        self._set_key(event, event.value)
        if event.anchor:
            self._anchors[event.anchor] = self._node(event, event.value)

    def _set_key(self, event: Event, key: str) -> None:
        top = self._open[-1]
        if key in top.node.keys:
            first = top.node.keys[key][0]
            message = f"the key {key!r} is there twice, first in line {first}"
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
            raise _limit(message, self._place(event))

    def _resolve(self, event: ScalarEvent) -> JSON:
        if event.tag in (None, "!"):
            return self._plain(event) if event.implicit[0] else event.value
        kind = event.tag.removeprefix(_CORE)
        if kind == "str":
            return event.value
        expected = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}.get(kind)
        if expected is None:
            self._unknown_tag(event, event.tag)
            return event.value
        value = self._plain(event)
        if type(value) not in expected:
            self._fault(
                event, "wrong-type", f"{event.value!r} is no {kind}", "remove the tag, or correct the value"
            )
        return value

    def _plain(self, event: ScalarEvent) -> JSON:
        text = event.value
        if text in _WORDS:
            return _WORDS[text]
        if not _FLOAT.match(text):
            return text
        number = (int if _INTEGER.match(text) else float)(text) if len(text) <= MAX_DIGITS else math.inf
        if isinstance(number, float) and math.isinf(number):
            self._fault(event, "number-range", "the number is too large", "quote it if it is a text")
            return text
        return number

    def _unknown_tag(self, event: Event, tag: str) -> None:
        message = f"the tag {tag!r} is none of JSON's types"
        self._fault(event, "unknown-tag", message, "remove the tag; a document holds plain values only")

    def _complex_key(self, event: Event) -> DocumentError:
        self._fault(event, "complex-key", "a key is a list or a mapping", "use a plain text as the key")
        return DocumentError(self.faults)

    def _place(self, event: Event) -> Place:
        line, column = _position(event)
        return Place(document=self._name, line=line, column=column)

    def _fault(self, event: Event, code: str, message: str, hint: str) -> None:
        self.faults.append(Fault("error", code, message, self._place(event), hint))
