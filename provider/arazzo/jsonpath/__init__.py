"""JSONPath: RFC 9535, Goessner's draft, and the bare comparison of the documents in the wild.

``paths`` finds paths in text; ``dialect`` reads bare comparisons; ``rfc9535`` and ``draft`` wrap the
libraries, which are imported only for a path that is more than members and indexes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from provider.arazzo.conditions.evaluator import decide
from provider.arazzo.conditions.tree import Comparison, Condition, Operand
from provider.arazzo.jsonpath import dialect
from provider.arazzo.jsonpath.paths import Path, PathError, Steps
from provider.arazzo.protocol import JSON, MISSING, Missing
from provider.arazzo.syntax import ConditionError, CriterionError, check_length, one_line
from provider.arazzo.values import EXACT, show, walk
from provider.arazzo.verdicts import Undecided, Verdict, undecided

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

RFC9535: Final = "rfc9535"
DRAFT: Final = "draft-goessner-dispatch-jsonpath-00"
VERSIONS: Final = (RFC9535, DRAFT)


class JsonPath(Protocol):
    """A compiled condition of type jsonpath."""

    @property
    def dialect(self) -> bool:
        """Whether it is a bare comparison."""
        ...

    def decide(self, value: JSON) -> Verdict:
        """Apply it to a value."""
        ...

    def comparisons(self) -> Iterator[Comparison]:
        """Yield the comparisons with literals in it."""
        ...


class Query(Protocol):
    """What selects values: a plain path, or a library's."""

    def find(self, value: JSON) -> Iterator[JSON]:
        """Yield the values that are selected; raises Undecided."""
        ...

    def comparisons(self) -> Sequence[Comparison]:
        """Return the comparisons with literals in its filters."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """Members and indexes only."""

    steps: Steps

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


@dataclass(frozen=True, slots=True)
class Selection:
    """A path as the standards have it: it holds when it selects anything."""

    text: str
    query: Query

    @property
    def dialect(self) -> bool:
        """False: this is the standard."""
        return False

    def decide(self, value: JSON) -> Verdict:
        """Look for a first value."""
        try:
            first = next(self.query.find(value), MISSING)
        except Undecided as doubt:
            return undecided(self.text, doubt)
        found = "it selects nothing" if first is MISSING else f"it selects {show(first)}"
        return Verdict(first is not MISSING, f"{self.text}: {found}")

    def comparisons(self) -> Iterator[Comparison]:
        """Yield the comparisons in its filters."""
        return iter(self.query.comparisons())


@dataclass(frozen=True, slots=True)
class Bare:
    """A bare comparison. ``queries`` has those of its paths that are more than members and indexes."""

    condition: Condition[Path]
    queries: dict[str, Query]

    @property
    def dialect(self) -> bool:
        """True: no standard knows it."""
        return True

    def decide(self, value: JSON) -> Verdict:
        """Compare what the paths select."""
        return decide(self.condition, lambda path: self._find(path, value), EXACT)

    def _find(self, path: Path, value: JSON) -> JSON | Missing:
        if path.steps is not None and not path.measure:
            return walk(value, path.steps)
        query = self.queries[path.query] if path.steps is None else Plain(path.steps)
        return dialect.operand(list(query.find(value)), path.measure)

    def comparisons(self) -> Iterator[Comparison]:
        """Yield the comparisons of plain paths, and those in filters."""
        for path, operator, literal in self.condition.comparisons():
            if path.steps is not None and not path.measure:
                yield Comparison(path.steps, operator, literal)
        for query in self.queries.values():
            yield from query.comparisons()


def compile(text: str, version: str | None = None) -> JsonPath:  # noqa: A001 - named after re.compile
    """Compile a condition of type jsonpath.

    Args:
        text: The condition.
        version: ``rfc9535``, ``draft-goessner-dispatch-jsonpath-00``, or None for the specification's
            default, RFC 9535. What the draft's library cannot read is read by RFC 9535; and the other way
            round where no version is named.

    Raises:
        CriterionError, ConditionError: It is neither a JSONPath nor a bare comparison.
    """
    check_length(text, CriterionError)
    if "$" not in text:
        raise CriterionError(text, 0, "a JSONPath begins with $")
    try:
        condition = dialect.parse(text)
    except ConditionError as error:
        return Selection(one_line(text), _query(text, version or RFC9535, error))
    match condition.root:
        case Operand(reference=Path(measure="", query=query, steps=steps)):
            return Selection(one_line(query), _query(query, version) if steps is None else Plain(steps))
    wide = {path.query for path in condition.references() if path.steps is None}
    return Bare(condition, {query: _query(query, version) for query in wide})


def _query(text: str, version: str | None, fault: ConditionError | None = None) -> Query:
    """Compile a path by the libraries of a version; raises ``fault``, or what the first of them says."""
    first: PathError | None = None
    for library in _LIBRARIES[version] if text.startswith("$") else ():
        try:
            return library(text)
        except PathError as error:
            first = first or error
    offset, reason = (first.offset, str(first)) if first else (0, "a JSONPath begins with $")
    raise fault or CriterionError(text, offset, reason)


def _rfc9535(text: str) -> Query:
    from provider.arazzo.jsonpath.rfc9535 import Rfc9535  # noqa: PLC0415 - imported for the paths that need it

    return Rfc9535(text)


def _draft(text: str) -> Query:
    from provider.arazzo.jsonpath.draft import Draft  # noqa: PLC0415 - imported for the paths that need it

    return Draft(text)


_LIBRARIES: Final[dict[str | None, tuple[Callable[[str], Query], ...]]] = {
    None: (_rfc9535, _draft),
    RFC9535: (_rfc9535,),
    DRAFT: (_draft, _rfc9535),
}
