"""JSON text with expressions in it: ``{"a": "{$inputs.x}", "n": {$inputs.n}}``.

Outside quotes an expression stands for its value, in quotes it is put into the string. The text becomes the
template of the value that it describes, so that quoting is right and missing members can be left out.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from ..syntax import MAX_NESTING, TemplateError
from .embedded import Parts, has_expressions, split
from .parser import Parser, string
from .tree import ConstantNode, LiteralText, Quoted, TemplateNode, Value

if TYPE_CHECKING:
    from ..expressions import Expression

_STRUCTURE: Final = re.compile(r'\\.|["{}\[\]]', re.DOTALL)
_PRIVATE: Final = range(0xE000, 0xF8FF)


def parse_json_template(text: str, *, selecting: bool = False) -> TemplateNode:
    """Parse a JSON text, with Selector Objects where they count.

    Raises:
        ExpressionError: An expression in it cannot be read.
        TemplateError: It is not JSON, or it nests too deeply.
    """
    return _JsonText(text, selecting=selecting).parse()


class _JsonText:
    """Puts marks where the expressions stand, reads the text as JSON, and exchanges the marks."""

    def __init__(self, text: str, *, selecting: bool) -> None:
        self.text = text
        self.selecting = selecting
        self.parts = split(text)
        self.quoted, self.bare = islice((chr(code) for code in _PRIVATE if chr(code) not in text), 2)
        self.marks = re.compile(f"{self.quoted}([0-9]+){self.quoted}")
        self.shifts: list[tuple[int, int]] = []
        """Where in the marked text a mark ends, and how many characters it is shorter than its expression."""

    def parse(self) -> TemplateNode:
        marked = self.put_marks()
        try:
            value = json.loads(marked, parse_constant=_refuse)
        except json.JSONDecodeError as error:
            raise TemplateError(self.text, self.offset(error.pos), f"it is not JSON: {error.msg}") from None
        except ValueError as error:
            raise TemplateError(self.text, 0, f"it is not JSON: {error}") from None
        return Parser(self.string, self.name, self.selecting).parse(value)

    def put_marks(self) -> str:
        """Return the text with a mark for each expression in quotes, and a marked string for each other."""
        done, length, state = [], 0, _State()
        for index, part in enumerate(self.parts):
            if isinstance(part, str):
                state = self.scan(part, state)
                mark = part
            else:
                kind = self.quoted if state.quoted else self.bare
                mark = f"{kind}{index}{kind}" if state.quoted else f'"{kind}{index}{kind}"'
                self.shifts.append((length + len(mark), len(part.text) + len("{}") - len(mark)))
            done.append(mark)
            length += len(mark)
        return "".join(done)

    def scan(self, part: str, state: _State) -> _State:
        """Follow quotes and nesting through a part of the text."""
        quoted, depth = state
        for symbol in _STRUCTURE.findall(part):
            if symbol == '"':
                quoted = not quoted
            elif not quoted:
                depth += (symbol in "{[") - (symbol in "}]")
            if depth > MAX_NESTING:
                raise TemplateError(self.text, 0, f"it nests deeper than {MAX_NESTING}")
        return _State(quoted, depth)

    def offset(self, position: int) -> int:
        """Return where in the text a position of the marked text is."""
        return position + sum(shift for end, shift in self.shifts if end <= position)

    def string(self, value: str) -> TemplateNode:
        if value.startswith(self.bare):
            return Value(self.expression(value.strip(self.bare)))
        parts = self.exchange(value)
        return Quoted(parts) if has_expressions(parts) else string(value)

    def name(self, value: str) -> TemplateNode:
        if value.startswith(self.bare):
            return LiteralText((self.expression(value.strip(self.bare)),))
        parts = self.exchange(value)
        return LiteralText(parts) if has_expressions(parts) else ConstantNode(value)

    def exchange(self, value: str) -> Parts:
        """Cut a string at its marks and return the expressions in their places."""
        pieces = self.marks.split(value)
        parts = [self.expression(each) if odd % 2 else each for odd, each in enumerate(pieces)]
        return tuple(part for part in parts if part != "")

    def expression(self, index: str) -> Expression:
        part = self.parts[int(index)]
        if isinstance(part, str):  # pragma: no cover - marks are made of expressions only
            raise TypeError(part)
        return part


class _State(NamedTuple):
    """Where a scan of a JSON text is: in quotes or not, and how deep."""

    quoted: bool = False
    depth: int = 0


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")
