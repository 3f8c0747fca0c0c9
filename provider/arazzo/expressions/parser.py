"""Text to runtime expression (Arazzo 1.1.0, Runtime Expressions, which has all that 1.0.1 has).

Two grammars differ only in where a name ends. An expression that is a whole text may hold any character in
the names of inputs and parameters. One inside a condition ends at a blank, an operator or a bracket.

Beyond the specification's grammar, members can be taken with ``.name``, ``[0]`` and ``['any name']``, as the
specification's own examples do (``$response.body.status``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from .. import pointers
from ..syntax import MAX_DEPTH, ExpressionError, check_length
from .evaluator import compile_expression as compile_finder
from .tree import Expression, Path, Reading, Root

if TYPE_CHECKING:
    from collections.abc import Callable


class Grammar(NamedTuple):
    """Where the parts of an expression end.

    Attributes:
        name: What stands between two dots.
        header: The name of a header.
        parameter: The name of a query or path parameter.
        pointer: What follows ``#``.
        brackets: Whether brackets after a pointer take members.
    """

    name: re.Pattern[str]
    header: re.Pattern[str]
    parameter: re.Pattern[str]
    pointer: re.Pattern[str]
    brackets: bool


WHOLE: Final = Grammar(
    name=re.compile(r"[^.#{}\[\]\x00-\x1f]+"),
    header=re.compile(r"[\w!#$%&'*+\-.^`|~]+", re.ASCII),
    parameter=re.compile(r"[^{}\x00-\x1f]+"),
    pointer=re.compile(r"[^{}\x00-\x1f]*"),
    brackets=False,
)
INSIDE: Final = Grammar(
    name=re.compile(r"[\w@:\-]+"),
    header=re.compile(r"[\w\-]+(?:\.[\w\-]+)*", re.ASCII),
    parameter=re.compile(r"[\w\-]+(?:\.[\w\-]+)*"),
    pointer=re.compile(r"[^\s=!<>&|()\[\]{},'\"]*"),
    brackets=True,
)

_LEAVES: Final = ("url", "method", "statusCode", "self")
_NAMED: Final = ("request", "response", "message", "inputs", "outputs", "steps", "workflows")
_OF_DOCUMENT: Final = ("sourceDescriptions", "components")
ROOTS: Final = (*_LEAVES, *_NAMED, *_OF_DOCUMENT)
"""What expressions begin with, after the dollar."""

_LEAF: Final = re.compile(rf"\$({'|'.join(_LEAVES)})(?![\w.\-\[#])")
_ROOT: Final = re.compile(rf"\$({'|'.join((*_NAMED, *_OF_DOCUMENT))})(?=[.\[#]|$)")
_JSONPATH: Final = re.compile(r"\$[.\[]")
_SOURCE: Final = re.compile(r"\.(header|query|path|body|payload)(?![\w\-])")
_OF_MESSAGE: Final = ("header", "payload")
_INDEX: Final = re.compile(r"\[\s*([0-9]{1,15})\s*\]")
_QUOTED: Final = re.compile(r"""\[\s*(?:'((?:[^']|'')*)'|"([^"]*)")\s*\]""")
_COMPONENTS: Final = ("inputs", "parameters", "successActions", "failureActions")


def begins(text: str) -> bool:
    """Whether a whole text is a runtime expression, or means to be one: its root is known."""
    return bool(_ROOT.match(text) or _LEAF.fullmatch(text))


def read_expression(text: str, start: int, grammar: Grammar = INSIDE) -> Expression:
    """Read the expression that begins at ``start``, as far as it goes; its ``span`` says how far.

    Raises:
        ExpressionError: There is none, or it breaks off.
    """
    return _Reader(text, start, grammar).expression()


def parse_expression(text: str) -> Expression:
    """Parse a whole text; raises ExpressionError."""
    check_length(text, ExpressionError)
    expression = read_expression(text, 0, WHOLE)
    if (end := expression.span[1]) != len(text):
        raise ExpressionError(text, end, f"{text[end]!r} is not expected here")
    return expression


class _Reader:
    """Reads one expression from left to right; ``at`` is how far it has come."""

    def __init__(self, text: str, start: int, grammar: Grammar) -> None:
        self.text = text
        self.start = self.at = start
        self.grammar = grammar

    def expression(self) -> Expression:
        if leaf := self.match(_LEAF):
            return self.finish(leaf[1], (Reading(),))
        root = self.match(_ROOT)
        if not root:
            hint = (
                "a JSONPath needs a context and type: jsonpath" if _JSONPATH.match(self.text, self.at) else ""
            )
            reason = "an expression begins with $inputs, $steps, $response or another known root"
            raise ExpressionError(self.text, self.at, reason, hint=hint)
        return _AFTER[root[1]](self, root[1])

    def finish(
        self, root: str, readings: tuple[Reading, ...], pointer: tuple[str, ...] | None = None
    ) -> Expression:
        span = (self.start, self.at)
        known: Root = root  # type: ignore[assignment]  # the patterns above match no other
        find = compile_finder(known, readings, pointer)
        return Expression(self.text[slice(*span)], known, readings, pointer, find, span)

    def exchange(self, root: str) -> Expression:
        """Read what follows ``$request`` and ``$response``, whose payload is their body."""
        source = self.match(_SOURCE)
        if not source:
            raise self.error(f"write .header, .query, .path or .body after ${root}")
        if source[1] in ("body", "payload"):
            return self.value(f"{root}.body", [Reading()])
        pattern = self.grammar.header if source[1] == "header" else self.grammar.parameter
        return self.finish(root + source[0], (Reading(name=self.after_dot(pattern)),))

    def message(self, root: str) -> Expression:
        """Read what follows ``$message`` (Arazzo 1.1)."""
        start, source = self.at, self.match(_SOURCE)
        if not source or source[1] not in _OF_MESSAGE:
            raise self.error(f"write .header or .payload after ${root}", start)
        if source[1] == "payload":
            return self.value(root + source[0], [Reading()])
        return self.finish(root + source[0], (Reading(name=self.after_dot(self.grammar.header)),))

    def named(self, root: str) -> Expression:
        """Read what follows ``$inputs`` and ``$outputs``."""
        return self.value(root, _named("", self.names()))

    def step(self, root: str) -> Expression:
        """Read what follows ``$steps``."""
        return self.value(root, self.fields(self.names(), "outputs"))

    def workflow(self, root: str) -> Expression:
        """Read what follows ``$workflows``."""
        names = self.names()
        field = next((each for each in names[1:] if each in {"inputs", "outputs"}), "outputs")
        return self.value(f"{root}.{field}", self.fields(names, field))

    def source(self, root: str) -> Expression:
        """Read what follows ``$sourceDescriptions``: a name, and a field or an operationId."""
        names = self.names()
        lengths = range(len(names) - 1, 0, -1)
        readings = [Reading(".".join(names[:each]), ".".join(names[each:])) for each in lengths]
        return self.value(root, readings or self.missing("a dot with a field"))

    def component(self, root: str) -> Expression:
        """Read what follows ``$components``: a kind and a name."""
        start = self.at
        kind, *names = self.names()
        if kind not in _COMPONENTS:
            raise self.error(f"write .{', .'.join(_COMPONENTS)} after ${root}", start)
        return self.value(root, _named(kind, names) or self.missing("a dot with a name"))

    def fields(self, names: list[str], field: str) -> list[Reading]:
        """Read ``owner.field.name``: the longest owner first, then the longest name."""
        places = [place for place in range(len(names) - 2, 0, -1) if names[place] == field]
        found = [reading for at in places for reading in _named(".".join(names[:at]), names[at + 1 :])]
        return found or self.missing(f".{field} with a name")

    def value(self, root: str, readings: list[Reading]) -> Expression:
        """Read the members and the pointer that follow a named value."""
        rest = self.path()
        readings = [each._replace(members=each.members + rest) for each in readings]
        return self.finish(root, tuple(readings), self.pointer())

    def names(self) -> list[str]:
        """Read ``.a.b.c``: at least one name."""
        names = [self.after_dot(self.grammar.name)]
        while self.text.startswith(".", self.at):
            names.append(self.after_dot(self.grammar.name))
            self.check_depth(names)
        return names

    def path(self) -> Path:
        """Read ``.a[0]['b']``: any number of members."""
        members: list[str | int] = []
        while (member := self.member()) is not None:
            members.append(member)
            self.check_depth(members)
        return tuple(members)

    def member(self) -> str | int | None:
        if self.text.startswith(".", self.at):
            return self.after_dot(self.grammar.name)
        if index := self.match(_INDEX):
            return int(index[1])
        if quoted := self.match(_QUOTED):
            return quoted[2] if quoted[1] is None else quoted[1].replace("''", "'")
        if self.text.startswith("[", self.at):
            raise self.error("write an index from 0 or a quoted name in brackets", self.at + 1)
        return None

    def pointer(self) -> tuple[str, ...] | None:
        """Read ``#/a/0``."""
        if not self.text.startswith("#", self.at):
            return None
        start = self.at = self.at + 1
        match = self.match(self.grammar.pointer)
        try:
            tokens = pointers.parse_pointer(match[0] if match else "", fragment=True)
        except pointers.PointerError as error:
            raise self.error(str(error), start + error.offset) from None
        rest = self.path() if self.grammar.brackets else ()
        return (*tokens, *map(str, rest))

    def after_dot(self, pattern: re.Pattern[str]) -> str:
        start, self.at = self.at, self.at + 1
        match = self.match(pattern) if self.text.startswith(".", start) else None
        if not match:
            self.at = start
            self.missing("a dot with a name")
        return match[0]

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def check_depth(self, members: list[str] | list[str | int]) -> None:
        if len(members) > MAX_DEPTH:
            raise self.error(f"it takes more than {MAX_DEPTH} members")

    def missing(self, wanted: str) -> NoReturn:
        raise self.error(f"{wanted} is missing")

    def error(self, reason: str, at: int | None = None) -> ExpressionError:
        return ExpressionError(self.text, self.at if at is None else at, reason)


def _named(owner: str, names: list[str]) -> list[Reading]:
    """Read ``name.member.member``, the longest name first."""
    lengths = range(len(names), 0, -1)
    return [Reading(owner, ".".join(names[:each]), tuple(names[each:])) for each in lengths]


_AFTER: Final[dict[str, Callable[[_Reader, str], Expression]]] = {
    "request": _Reader.exchange,
    "response": _Reader.exchange,
    "message": _Reader.message,
    "inputs": _Reader.named,
    "outputs": _Reader.named,
    "steps": _Reader.step,
    "workflows": _Reader.workflow,
    "sourceDescriptions": _Reader.source,
    "components": _Reader.component,
}
