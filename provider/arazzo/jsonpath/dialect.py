"""The bare comparison: ``$.store.status == "ACTIVE" && $.items.length > 0``.

Neither RFC 9535 nor Goessner's draft knows it, where a path selects nodes and compares nothing; documents in
the wild are full of it. It is read as its author meant it: with the operators of conditions, strings exact,
``.length`` for the number of elements (also ``.length()``, ``.size()``, ``length($.a)``, ``count($.a)``), and
``{}`` and ``[]`` for what is empty or not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..conditions.evaluator import Several
from ..conditions.parser import Language
from ..conditions.parser import parse_comparison as parse_condition
from ..protocol import JSON, MISSING, Missing
from .paths import BEGINS, STRING, Measure, Path, read_path, unquote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..conditions.tree import Condition

_LANGUAGE: Final[Language[Path]] = Language(
    begins=BEGINS, read=read_path, string=STRING, unquote=unquote, empties=True
)


def parse_dialect(text: str) -> Condition[Path]:
    """Parse a condition whose operands are JSONPaths; raises ConditionError, CriterionError."""
    return parse_condition(text, _LANGUAGE)


def operand(values: Sequence[JSON], measure: Measure) -> JSON | Missing:
    """Return what an operand that selects these values is in a comparison."""
    if measure:
        return _size(values, measure)
    if len(values) > 1:
        return Several(values)
    return values[0] if values else MISSING


def _size(values: Sequence[JSON], measure: Measure) -> JSON | Missing:
    """Count the elements of the one array that is selected, or else what is selected."""
    if len(values) == 1 and isinstance(values[0], list):
        return len(values[0])
    if measure == "length" and len(values) == 1:
        return len(values[0]) if isinstance(values[0], (str, dict)) else MISSING
    return len(values) if values or measure == "count" else MISSING
