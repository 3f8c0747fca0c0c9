"""Criteria (Arazzo 1.0.1, Criterion Object): compiled once, decided as often as a step asks.

A criterion that cannot be evaluated does not hold, and its verdict says why. ``applied`` has the types that
are applied to the value of a context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from .. import conditions, expressions, jsonpath, xpath
from ..conditions import Decider
from ..conditions.tree import Comparison
from ..expressions import Context, Expression
from ..protocol import JSON, MISSING, Missing
from ..syntax import (
    ConditionError,
    CriterionError,
    ExpressionError,
    TextError,
    check_length,
    one_line,
)
from ..templates.embedded import Parts, has_expressions, join, split
from ..verdicts import Undecided, Verdict, undecided
from . import applied

__all__ = [
    "Comparison",
    "ConditionError",
    "Criterion",
    "CriterionError",
    "ExpressionError",
    "Verdict",
    "compile_criterion",
    "decide_criterion",
    "first_unmet",
    "holds",
]

Type = Literal["simple", "regex", "jsonpath", "xpath"]

_TYPES: Final[dict[str, Type]] = {
    "simple": "simple",
    "regex": "regex",
    "jsonpath": "jsonpath",
    "xpath": "xpath",
}
_VERSIONS: Final[dict[str, tuple[str, ...]]] = {"jsonpath": jsonpath.VERSIONS, "xpath": xpath.VERSIONS}
_ANY: Final = "0"
"""Stands for an embedded expression where a condition is read before its value is known."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A compiled criterion.

    Attributes:
        text: The condition as written.
        type: Its type.
        decide: Whether it holds; raises Undecided. ``holds`` is what to call.
        judge: Decides it and says why. ``decide_criterion`` is what to call.
        version: The version of a jsonpath or xpath, if the document names one.
        context: The expression that gives the value it is applied to (None for a simple one without context).
        dialect: True for a bare comparison of type jsonpath, which no JSONPath standard knows.
    """

    text: str
    type: Type
    decide: Callable[[Context], bool] = field(repr=False, compare=False)
    judge: Callable[[Context], Verdict] = field(repr=False, compare=False)
    version: str | None = None
    context: Expression | None = None
    dialect: bool = False
    _within: tuple[Expression, ...] = field(default=(), repr=False, compare=False)
    _compared: tuple[Comparison, ...] = field(default=(), repr=False, compare=False)

    def expressions(self) -> tuple[Expression, ...]:
        """Every runtime expression of the criterion: its context's, then those in its condition."""
        return self._within if self.context is None else (self.context, *self._within)

    def comparisons(self) -> tuple[Comparison, ...]:
        """The values of the response's body that are compared with literals, from the root of the body."""
        return self._compared


def compile_criterion(
    condition: str,
    type: str | Mapping[str, JSON] | None = None,  # noqa: A002 - the specification's field
    context: str | None = None,
) -> Criterion:
    """Compile a Criterion Object's fields.

    Args:
        condition: The condition. For every type but simple, expressions in braces are put into it when it is
            evaluated (Arazzo 1.1.0, Runtime Expressions in Conditions).
        type: The type, or a Criterion Expression Type Object.
        context: The expression whose value the condition is applied to; every type but simple needs it.

    Raises:
        CriterionError: The type, its version, a pattern or a path is wrong, or the context is missing.
        ConditionError: A simple condition or a bare comparison cannot be read.
        ExpressionError: An expression in it, or its context, cannot be read.
    """
    kind, version = _type(condition, type)
    root = None if context is None else expressions.parse_expression(context)
    if kind == "simple":
        return _simple(condition, root)
    if root is None:
        raise CriterionError(condition, 0, f"a criterion of type {kind} needs a context")
    check_length(condition, CriterionError)
    parts = split(condition)
    return (_embedding if has_expressions(parts) else _fixed)(condition, kind, version, root, parts)


def first_unmet(several: Iterable[Criterion], context: Context) -> Criterion | None:
    """Return the first of several criteria that does not hold, or None where all do.

    One that cannot be evaluated does not hold.
    """
    for criterion in several:
        try:
            if not criterion.decide(context):
                return criterion
        except (Undecided, RecursionError):
            return criterion
    return None


def holds(criterion: Criterion, context: Context) -> bool:
    """Decide a criterion; one that cannot be evaluated does not hold."""
    return first_unmet((criterion,), context) is None


def decide_criterion(criterion: Criterion, context: Context) -> Verdict:
    """Decide a criterion and say why; one that cannot be evaluated does not hold."""
    try:
        return criterion.judge(context)
    except RecursionError:
        return undecided(one_line(criterion.text), "a value nests too deeply")


def _type(condition: str, given: str | Mapping[str, JSON] | None) -> tuple[Type, str | None]:
    name = given.get("type") if isinstance(given, Mapping) else given or "simple"
    if not isinstance(name, str) or name not in _TYPES:
        raise CriterionError(condition, 0, f"its type {name!r} is not simple, regex, jsonpath or xpath")
    if not isinstance(given, Mapping):
        return _TYPES[name], None
    known = _VERSIONS.get(name, ())
    version = given.get("version")
    if version not in known:
        reason = f"is not {' or '.join(known)}" if known else f"is not allowed: type {name} has no versions"
        raise CriterionError(condition, 0, f"its version {version!r} {reason}")
    return _TYPES[name], version


def _simple(text: str, root: Expression | None) -> Criterion:
    parsed = conditions.parse_condition(text)
    compared = (
        Comparison(expression.path, operator, literal)
        for expression, operator, literal in parsed.comparisons()
        if expression.root == "response.body"
    )
    decider = conditions.compile_condition(parsed)
    return Criterion(
        text,
        "simple",
        decider.holds,
        decider.verdict,
        context=root,
        _within=tuple(parsed.references()),
        _compared=tuple(compared),
    )


def _fixed(text: str, kind: Type, version: str | None, root: Expression, _parts: Parts) -> Criterion:
    """Compile a condition that is the same whenever it is evaluated."""
    compiled = applied.compile_applied(kind, text, version)
    compared = compiled.comparisons if root.root == "response.body" else ()
    decider = _on_context(root, compiled.decider)
    return Criterion(
        text,
        kind,
        decider.holds,
        decider.verdict,
        version,
        root,
        compiled.dialect,
        _compared=tuple(Comparison(root.path + each.path, each.operator, each.literal) for each in compared),
    )


def _embedding(text: str, kind: Type, version: str | None, root: Expression, parts: Parts) -> Criterion:
    """Compile a condition that embeds expressions: read anew for each text that it becomes."""
    if kind == "xpath":
        applied.require_xpath(text)

    def decider(context: Context) -> Decider[Context]:
        full = join(parts, context)
        if isinstance(full, Missing):
            raise Undecided("an expression in it refers to something that does not exist")
        try:
            return _on_context(root, applied.compile_applied(kind, full, version).decider)
        except TextError as error:
            raise Undecided(str(error)) from None

    def judge(context: Context) -> Verdict:
        try:
            return decider(context).verdict(context)
        except Undecided as doubt:
            return undecided(one_line(text), doubt)

    within = tuple(part for part in parts if isinstance(part, Expression))
    return Criterion(
        text,
        kind,
        lambda context: decider(context).holds(context),
        judge,
        version,
        root,
        _is_dialect(kind, version, parts),
        within,
    )


def _is_dialect(kind: Type, version: str | None, parts: Parts) -> bool:
    example = "".join(part if isinstance(part, str) else _ANY for part in parts)
    try:
        return applied.compile_applied(kind, example, version).dialect
    except TextError:
        return False


def _on_context(root: Expression, decider: Decider[JSON]) -> Decider[Context]:
    """Return what decides on the value of a criterion's context; null never holds."""
    find, decide = root.find, decider.holds

    def holds(context: Context) -> bool:
        value = find(context)
        if value is MISSING:
            raise Undecided(f"{root.text} has no value")
        return value is not None and decide(value)

    def why(context: Context) -> str:
        value = find(context)
        return f"{decider.text}: {root.text} is null" if value is None else decider.told(value)

    return Decider(decider.text, holds, why, whole=True)
