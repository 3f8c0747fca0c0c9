"""JSONPath: RFC 9535, Goessner's draft, and the bare comparison of the documents in the wild.

``paths`` finds paths in text; ``dialect`` reads bare comparisons; ``rfc9535`` and ``draft`` wrap the
libraries, which are imported only for a path that is more than members and indexes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from ..conditions import evaluator
from ..conditions.evaluator import Decider
from ..conditions.tree import Comparison, Condition, Operand
from ..protocol import JSON, MISSING, Missing
from ..syntax import ConditionError, CriterionError, check_length, one_line
from ..values import EXACT, show, walk
from . import dialect
from .paths import Path, PathError, Steps, singular

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

RFC9535: Final = "rfc9535"
DRAFT: Final = "draft-goessner-dispatch-jsonpath-00"
VERSIONS: Final = (RFC9535, DRAFT)
MAX_WIDE: Final = 8
"""How many paths of a bare comparison may lead to many values; each has a budget of its own."""


class JsonPath(NamedTuple):
    """A compiled condition of type jsonpath.

    Attributes:
        decider: Decides it on a value.
        dialect: Whether it is a bare comparison, which no standard knows.
        comparisons: The comparisons with literals in it.
    """

    decider: Decider[JSON]
    dialect: bool
    comparisons: tuple[Comparison, ...]


class Query(Protocol):
    """What selects values: a plain path, or a library's."""

    @property
    def many(self) -> bool:
        """Whether it asks for many values: by a wildcard, a slice, a descent or several selectors."""
        ...

    def locate(self, value: JSON) -> list[Steps]:
        """Return where the values are that are selected; raises Undecided."""
        ...

    def find(self, value: JSON) -> Iterator[JSON]:
        """Yield the values that are selected; raises Undecided."""
        ...

    def comparisons(self) -> Sequence[Comparison]:
        """Return the comparisons with literals in its filters."""
        ...


class Plain(NamedTuple):
    """Members and indexes only."""

    steps: Steps

    @property
    def many(self) -> bool:
        """Say no."""
        return False

    def locate(self, value: JSON) -> list[Steps]:
        """Return the one place, if it is there, with indexes from the start."""
        place: list[str | int] = []
        for step in self.steps:
            if not isinstance(value, dict if isinstance(step, str) else list):
                return []
            place.append(step + len(value) if isinstance(step, int) and step < 0 else step)
            value = walk(value, (step,))
        return [] if value is MISSING else [tuple(place)]

    def find(self, value: JSON) -> Iterator[JSON]:
        """Yield the one value, if it is there."""
        for step in self.steps:
            if isinstance(value, dict if isinstance(step, str) else list):
                value = walk(value, (step,))
            else:
                return
        if value is not MISSING:
            yield value

    def comparisons(self) -> Sequence[Comparison]:
        """Return nothing."""
        return ()


def compile_jsonpath(text: str, version: str | None = None) -> JsonPath:
    """Compile a condition of type jsonpath.

    Args:
        text: The condition.
        version: ``rfc9535``, ``draft-goessner-dispatch-jsonpath-00``, or None for the specification's
            default, RFC 9535. What the draft's library cannot read is read by RFC 9535.

    Raises:
        CriterionError, ConditionError: It is neither a JSONPath of its version nor a bare comparison.
    """
    check_length(text, CriterionError)
    text = text.removesuffix("\n")  # which a block of YAML ends with
    if "$" not in text:
        raise CriterionError(text, 0, "a JSONPath begins with $")
    steps = singular(text)
    if steps is not None:
        return _selection(text, Plain(steps))
    fault = None
    try:
        condition = dialect.parse_dialect(text)
    except ConditionError as error:
        fault = error
    else:
        if not _is_path(condition):
            return _compared(condition, text)
    return _selection(text, _query(text, version or RFC9535, fault))


def select(text: str, version: str | None = None) -> Query:
    """Compile a JSONPath that selects values, which no bare comparison does; raises CriterionError."""
    check_length(text, CriterionError)
    steps = singular(text)
    return _query(text, version or RFC9535) if steps is None else Plain(steps)


def _is_path(condition: Condition[Path]) -> bool:
    """Whether a condition is nothing but a path."""
    match condition.root:
        case Operand(reference=Path(measure="")):
            return True
    return False


def _compared(condition: Condition[Path], text: str) -> JsonPath:
    wide = {path.query for path in condition.references() if path.steps is None}
    if len(wide) > MAX_WIDE:
        raise CriterionError(text, 0, f"more than {MAX_WIDE} paths in it may lead to many values")
    return _bare(condition, {query: _query(query, None) for query in wide})


_OF_MEMBERS: Final = ": a filter asks about the members of an object, not about the object itself"
"""RFC 9535, section 2.3.5.2. Several runners put an object into a list first, and ask about itself."""


def _selection(text: str, query: Query) -> JsonPath:
    """Return a path as the standards have it: it holds when it selects anything."""

    def first(value: JSON) -> JSON | Missing:
        return next(query.find(value), MISSING)

    def why(value: JSON) -> str:
        found = first(value)
        if found is not MISSING:
            return f"it selects {show(found)}"
        of_members = isinstance(value, dict) and text.replace(" ", "").startswith("$[?")
        return "it selects nothing" + (_OF_MEMBERS if of_members else "")

    decider = Decider(one_line(text), lambda value: first(value) is not MISSING, why)
    return JsonPath(decider, dialect=False, comparisons=tuple(query.comparisons()))


def _bare(condition: Condition[Path], queries: dict[str, Query]) -> JsonPath:
    """Return a bare comparison; ``queries`` has those of its paths that are more than members and indexes."""
    decider = evaluator.compile_decider(condition, lambda path: _operand(path, queries), EXACT)
    return JsonPath(decider, dialect=True, comparisons=tuple(_comparisons(condition, queries.values())))


def _operand(path: Path, queries: dict[str, Query]) -> Callable[[JSON], JSON | Missing]:
    """Return what finds the value that is compared."""
    steps, measure = path.steps, path.measure
    if steps is not None and not measure:
        return lambda value: walk(value, steps)
    query = queries[path.query] if steps is None else Plain(steps)
    return lambda value: dialect.operand(list(query.find(value)), measure)


def _comparisons(condition: Condition[Path], queries: Iterable[Query]) -> Iterator[Comparison]:
    """Yield the comparisons of plain paths, and those in filters."""
    for path, operator, literal in condition.comparisons():
        if path.steps is not None and not path.measure:
            yield Comparison(path.steps, operator, literal)
    for query in queries:
        yield from query.comparisons()


def _query(text: str, version: str | None, fault: ConditionError | None = None) -> Query:
    """Compile a path by the libraries of a version; raises ``fault``, or what the first of them says."""
    first: PathError | None = None
    for library in _LIBRARIES[version] if text.startswith("$") else ():
        try:
            return library(text)
        except PathError as error:
            first = first or error
    offset, reason = (first.offset, str(first)) if first else (0, "a JSONPath begins with $")
    raise fault or CriterionError(text, offset, reason, hint=_hint(text, version))


def _hint(text: str, version: str | None) -> str:
    """Return what helps with a path that is not valid in RFC 9535: name the draft, where that reads it."""
    if text.strip() != text:
        return "remove the blanks around it"
    if version != RFC9535:
        return ""
    try:
        _draft(text)
    except PathError:
        return ""
    return f"Goessner's draft reads it: write type: {{type: jsonpath, version: {DRAFT}}}"


def _rfc9535(text: str) -> Query:
    from .rfc9535 import Rfc9535  # noqa: PLC0415 - imported for the paths that need it

    return Rfc9535(text)


def _draft(text: str) -> Query:
    from .draft import Draft  # noqa: PLC0415 - imported for the paths that need it

    return Draft(text)


_LIBRARIES: Final[dict[str | None, tuple[Callable[[str], Query], ...]]] = {
    None: (_rfc9535, _draft),
    RFC9535: (_rfc9535,),
    DRAFT: (_draft, _rfc9535),
}
