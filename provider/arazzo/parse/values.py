"""Expressions, templates and criteria: parsed, and every reference in them looked up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ...nearest import did_you_mean, nearest_name
from .. import criteria, expressions, selectors, templates
from ..faults import clipped
from ..syntax import SelectorError, TextError
from . import schema
from .cursor import NEWER
from .references import check_references

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..criteria import Criterion
    from ..model import Output
    from ..protocol import JSON
    from ..selectors import Selector, SelectorType
    from ..templates import Template
    from .cursor import NodeCursor
    from .references import Moment, Setting

_NAMES: Final = ("simple", "regex")
_LIKE_EXPRESSION: Final = re.compile(r"(?:^|\{)\$(?P<root>[A-Za-z]+)[.#]")
_SLASHED: Final = re.compile(r"/(?P<pattern>.*)/(?P<flags>[a-z]*)", re.DOTALL)
"""A regular expression as JavaScript writes it."""


def output(cursor: NodeCursor, setting: Setting, moment: Moment) -> Output | None:
    """Parse an output: an expression or, from Arazzo 1.1 on, a Selector Object; None where it is neither."""
    if isinstance(cursor.value, dict) and (cursor.scope.minor or selectors.is_selector(cursor.value)):
        return _selector(cursor, setting, moment)
    if not isinstance(cursor.value, str):
        cursor.fault(
            "wrong-type",
            "an expression must be a string that starts with $",
            "write it as $response.body#/...",
        )
        return None
    try:
        parsed = expressions.parse_expression(cursor.value)
    except TextError as error:
        text_fault(cursor, error)
        return None
    check_references(parsed, cursor, setting, moment)
    return parsed


def _selector(cursor: NodeCursor, setting: Setting, moment: Moment) -> Selector | None:
    if not cursor.scope.minor:
        cursor.fault("newer-object", "this is a Selector Object, which Arazzo 1.0 does not have", NEWER)
        return None
    if not cursor.is_object(schema.SELECTOR):
        return None
    context, text, kind = cursor.text("context"), cursor.text("selector"), cursor.child("type")
    if context is None or text is None or kind is None or not _is_type(kind, schema.SELECTOR_VERSIONS):
        return None
    try:
        parsed = selectors.compile_selector(cursor.value)
    except TextError as error:
        text_fault(cursor.child("context" if error.kind == "expression" else "selector") or cursor, error)
        return None
    check_references(parsed.context, cursor.child("context") or cursor, setting, moment)
    return parsed


def template(cursor: NodeCursor, setting: Setting, moment: Moment = "request") -> Template | None:
    """Parse a parameter's or a replacement's value; None where an expression in it cannot be read."""
    if cursor.scope.minor and _means_selector(cursor.value):
        _selector(cursor, setting, moment)
        return None
    _check_selectors(cursor)
    try:
        parsed = templates.parse_template(cursor.value, selecting=bool(cursor.scope.minor))
    except TextError as error:
        _template_faults(cursor, error, setting, moment)
        return None
    return _checked(parsed, cursor, setting, moment)


def payload(cursor: NodeCursor, content_type: str | None, setting: Setting) -> Template | None:
    """Parse a request body's payload; None where it cannot be read."""
    _check_selectors(cursor)
    try:
        parsed = templates.parse_payload(cursor.value, content_type, selecting=bool(cursor.scope.minor))
    except TextError as error:
        _template_faults(cursor, error, setting, "request")
        return None
    return _checked(parsed, cursor, setting, "request")


def _means_selector(value: JSON) -> bool:
    """Whether a parameter's value is all but a Selector Object, which no other object may be like there."""
    if not isinstance(value, dict) or selectors.is_selector(value):
        return False
    return len({"context", "selector", "type"} & value.keys()) > 1


def _check_selectors(cursor: NodeCursor) -> None:
    """Look for faults of the Selector Objects in a value, or for such objects where they mean nothing."""
    for inner in cursor.within_value(selectors.is_selector):
        if cursor.scope.minor:
            kind = inner.child("type")
            if kind is not None:
                _is_type(kind, schema.SELECTOR_VERSIONS)
        else:
            message = "what looks like a Selector Object is sent as it stands in Arazzo 1.0"
            inner.fault("newer-object", message, NEWER, severity="warning")


def _checked(parsed: Template, cursor: NodeCursor, setting: Setting, moment: Moment) -> Template:
    for pointer, found in parsed.expressions():
        check_references(found, cursor.at(pointer), setting, moment)
    for leaf in cursor.leaves():
        if isinstance(leaf.value, str) and "$" in leaf.value:
            _check_near_misses(leaf, leaf.value)
    return parsed


def _check_near_misses(cursor: NodeCursor, text: str) -> None:
    """Warn of what is sent as text and looks like an expression whose first word is misspelt."""
    for match in _LIKE_EXPRESSION.finditer(text):
        root = match["root"]
        near = nearest_name(root, expressions.ROOTS)
        if near is not None and near != root:
            message = f"${root} begins no expression, so it is sent as text"
            cursor.fault("near-expression", message, f"did you mean ${near}?", severity="warning")


def _template_faults(cursor: NodeCursor, error: TextError, setting: Setting, moment: Moment) -> None:
    """Write down the fault of each value that cannot be read by itself, or else of the whole."""
    found = False
    for leaf in cursor.leaves():
        try:
            _checked(templates.parse_template(leaf.value), leaf, setting, moment)
        except TextError as fault:
            text_fault(leaf, fault)
            found = True
    for inner in cursor.within_value(selectors.is_selector) if error.kind == "selector" else ():
        try:
            selectors.compile_selector(inner.value)
        except SelectorError as fault:
            text_fault(inner.child("selector") or inner, fault)
            found = True
    if not found:
        text_fault(cursor, error)


def text_fault(cursor: NodeCursor, error: TextError) -> None:
    """Write down why a string cannot be read."""
    cursor.fault(f"bad-{error.kind}", f"{error.what}: {error.reason}", error.hint)


def criterion(cursor: NodeCursor, setting: Setting) -> Criterion | None:
    """Parse a Criterion Object; None where it can never be evaluated."""
    if not cursor.is_object(schema.CRITERION):
        return None
    condition, context = cursor.text("condition"), cursor.text("context")
    kind = cursor.child("type")
    if condition is None or (kind is not None and not _is_type(kind, schema.VERSIONS, _NAMES)):
        return None
    if kind is not None and "context" not in cursor.node.fields:
        simple = kind.value == "simple"
        hint = "remove type: simple, which is the default" if simple else "add context: $response.body"
        cursor.fault("missing-field", "a criterion with a type needs a context", hint)
        return None
    if context is not None and not _is_context(cursor, context):
        return None
    try:
        parsed = criteria.compile_criterion(condition, kind.value if kind else None, context)
    except TextError as error:
        text_fault(cursor.child("condition") or cursor, error)
        return None
    for found in parsed.expressions():
        check_references(found, cursor, setting, "answer")
    _check_effect(cursor, parsed)
    return parsed


def _check_effect(cursor: NodeCursor, criterion: Criterion) -> None:
    """Warn of a criterion that decides nothing, or something else than its author meant."""
    at = cursor.child("condition") or cursor
    if criterion.type == "simple" and criterion.context is not None:
        message = "context has no effect with a simple condition"
        hint = "name what is compared in the condition itself, or add the condition's type"
        cursor.key_fault("context", "ignored-field", message, hint, severity="warning")
    if criterion.type == "simple" and len(criterion.expressions()) == (criterion.context is not None):
        message = f"the condition {clipped(criterion.text)} refers to nothing, so it always or never holds"
        hint = "compare an expression, as in $statusCode == 200"
        at.fault("constant-condition", message, hint, severity="warning")
    if criterion.type == "regex" and (slashed := _SLASHED.fullmatch(criterion.text)):
        pattern, flags = slashed["pattern"], slashed["flags"]
        message = "the slashes around a regular expression are part of it"
        hint = f"flags are written (?{flags}): (?{flags}){pattern}" if flags else f"write {pattern}"
        at.fault("regex-slashes", message, hint, severity="warning")


def _is_context(cursor: NodeCursor, context: str) -> bool:
    """Check that a criterion's context is an expression."""
    try:
        expressions.parse_expression(context)
    except TextError as error:
        text_fault(cursor.child("context") or cursor, error)
        return False
    return True


def _is_type(
    cursor: NodeCursor, versions: Mapping[str, tuple[str, ...]], names: tuple[str, ...] = ()
) -> bool:
    """Check the type of a criterion or a selector: a name or an Expression Type Object."""
    known = (*names, *versions)
    if isinstance(cursor.value, str):
        if cursor.value not in known:
            cursor.fault(
                "wrong-value",
                f"{clipped(cursor.value)} is not one of {', '.join(known)}",
                did_you_mean(cursor.value, known),
            )
        return cursor.value in known
    if not cursor.is_object(schema.EXPRESSION_TYPE):
        return False
    kind = cursor.choice("type", versions)
    version = None if kind is None else cursor.choice("version", versions[kind])
    at = cursor.child("version")
    if version in schema.NEWER_VERSIONS and at is not None and not cursor.scope.minor:
        message = f"Arazzo 1.0 has no version {version}, although it is what a plain type means there"
        at.fault("newer-object", message, NEWER, severity="warning")
    return version is not None


def parse_selector_type(cursor: NodeCursor) -> SelectorType | None:
    """Read what a replacement's target is written in; None where it is left out or wrong."""
    kind = cursor.child("targetSelectorType")
    if kind is None or not cursor.scope.minor or not _is_type(kind, schema.SELECTOR_VERSIONS):
        return None
    return selectors.selector_type(kind.value, "")
