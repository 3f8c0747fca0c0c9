"""Laws of the language that hold for every text and every value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from provider.arazzo import conditions, criteria, expressions, jsonpath, pointers, templates
from provider.arazzo.expressions import Context
from provider.arazzo.jsonpath.rfc9535 import Rfc9535
from provider.arazzo.protocol import MISSING, Response
from provider.arazzo.syntax import TextError
from provider.arazzo.values import EXACT, LOOSE
from tests.arazzo.fuzz import examples

PIECES = [
    "$inputs.", "$steps.", "$response.body", "$response.header.", "$statusCode", "$url", "$outputs.",
    "$workflows.", "$sourceDescriptions.", "$components.parameters.", "outputs", "inputs", "a", "B",
    "x-y", ".", "..", "[", "]", "[0]", "['k']", "#", "/", "~", "~1", "%20", "(", ")", "!", "==", "!=",
    "<", "<=", ">", ">=", "&&", "||", "'", "''", '"', "1", "-2.5e3", "true", "null", "{", "}", "{$",
    "$", "$.", "$.a", "@", "*", "[*]", "[?", "?@.a", "count(", "length(", ",", ":", "\\", "é", "=",
    "and", " ", "\n",
]  # fmt: skip
texts = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join))

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
CONTEXT = Context(
    inputs={"a": 1, "B": "b", "x-y": [1, {"k": None}], "a.B": {"a": True}},
    steps={"a": {"B": "text", "x-y": {"a": [0]}}},
    response=Response(
        status=200, headers={"A": "1"}, body={"a": [{"B": 1}, "x"], "k": "v"}, url="u", method="GET"
    ),
)


@settings(max_examples=examples(200))
@given(texts)
@example("$steps." + "outputs." * 60 + "x")
@example("$inputs.a" + ".b" * 5000)
def test_parsing_an_expression_ends_in_a_tree_or_in_its_error(text: str) -> None:
    try:
        expression = expressions.parse_expression(text)
    except TextError as error:
        _check_error(error, text)
        assert not expressions.is_expression(text)
    else:
        assert expression.text == text
        assert expressions.is_expression(text)
        expressions.evaluate(expression, CONTEXT)


@settings(max_examples=examples(200))
@given(texts)
@example("(" * 5000)
@example("!" * 5000 + "true")
@example("true" + " && true" * 1000)
@example("(" * 64 + "1" + ")" * 64)
def test_parsing_a_condition_ends_in_a_tree_or_in_its_error(text: str) -> None:
    try:
        condition = conditions.parse_condition(text)
    except TextError as error:
        _check_error(error, text)
    else:
        verdict = conditions.decide_condition(condition, CONTEXT)
        assert verdict.decided or not verdict.holds


@settings(max_examples=examples(200))
@given(
    texts,
    st.sampled_from(["regex", "jsonpath", "xpath"]),
    st.sampled_from(["$response.body", "$inputs.B", "$url"]),
)
@example("$" + "[0]" * 2000, "jsonpath", "$response.body")
@example("$[?" + "(" * 500 + "@.a" + ")" * 500 + "]", "jsonpath", "$response.body")
@example("$" + "[?@" * 500 + "]" * 500, "jsonpath", "$response.body")
@example("(" * 3000, "xpath", "$response.body")
@example("/a" * 3000, "xpath", "$response.body")
@example("(" * 3000, "regex", "$response.body")
def test_compiling_a_criterion_ends_in_a_criterion_or_in_its_error(
    text: str, kind: str, context: str
) -> None:
    try:
        criterion = criteria.compile_criterion(text, kind, context)
    except TextError as error:
        _check_error(error, text)
    else:
        verdict = criteria.decide_criterion(criterion, CONTEXT)
        assert verdict.decided or not verdict.holds
        assert criteria.holds(criterion, CONTEXT) is verdict.holds
        assert "\n" not in verdict.why


@settings(max_examples=examples(200))
@given(
    texts, st.sampled_from([None, "application/json", "application/x-www-form-urlencoded", "application/xml"])
)
@example("[" * 5000, "application/json")
def test_parsing_a_payload_ends_in_a_template_or_in_its_error(text: str, content_type: str | None) -> None:
    try:
        template = templates.parse_payload(text, content_type)
    except TextError:
        return
    templates.render(template, CONTEXT)


def _check_error(error: TextError, text: str) -> None:
    assert 0 <= error.offset <= len(text)
    assert "\n" not in str(error)


@given(values)
def test_a_value_without_expressions_renders_to_itself(value: Any) -> None:
    assume(not any("$" in text for text in _strings(value)))
    assert templates.render(templates.parse_template(value), CONTEXT) == value
    assert list(templates.parse_template(value).expressions()) == []


@given(values)
def test_an_expression_keeps_the_type_of_its_value(value: Any) -> None:
    template = templates.parse_template({"a": ["$inputs.v"]})
    assert templates.render(template, Context(inputs={"v": value})) == {"a": [value]}


@given(st.dictionaries(st.text(alphabet="abc", min_size=1, max_size=3), scalars, max_size=4))
def test_a_json_text_becomes_the_value_that_it_describes(inputs: dict[str, Any]) -> None:
    bare = ", ".join(f'"{name}": {{$inputs.{name}}}' for name in inputs)
    quoted = ", ".join(f'"{name}": "{{$inputs.{name}}}"' for name in inputs)
    context = Context(inputs=inputs)
    template = templates.parse_payload(f"{{{bare}}}", "application/json")
    assert templates.render(template, context) == inputs
    template = templates.parse_payload(f"{{{quoted}}}", "application/json")
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in inputs.items()}
    assert templates.render(template, context) == texts


@given(values)
def test_a_pointer_written_and_read_again_leads_to_the_same_place(value: Any) -> None:
    for tokens, inner in _places(value):
        text = pointers.format(tokens)
        assert pointers.parse_pointer(text) == tuple(map(str, tokens))
        assert pointers.get(value, pointers.parse_pointer(text)) == inner


@given(values, values)
def test_what_was_put_in_a_place_is_there(value: Any, new: Any) -> None:
    for tokens, _ in _places(value):
        changed = templates.replace(value, [(pointers.format(tokens), new)])
        assert pointers.get(changed, tuple(map(str, tokens))) == new


@given(values)
def test_every_place_can_be_reached_by_an_expression(value: Any) -> None:
    context = Context(response=Response(status=200, body=value))
    for tokens, inner in _places(value):
        escaped = pointers.format(tokens).replace("%", "%25").replace("{", "%7B").replace("}", "%7D")
        assume(escaped.isprintable())
        assert (
            expressions.evaluate(expressions.parse_expression(f"$response.body#{escaped}"), context) == inner
        )


literals = st.sampled_from(
    ["true", "false", "null", "1", "2.5", "'a'", "'B'", "'5'", "$inputs.a", "$inputs.gone"]
)
comparisons = st.builds(
    "({} {} {})".format, literals, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), literals
)
formulas = st.recursive(
    literals | comparisons,
    lambda inner: (
        st.builds("!({})".format, inner)
        | st.builds("({} && {})".format, inner, inner)
        | st.builds("({} || {})".format, inner, inner)
    ),
    max_leaves=6,
)


def _decide(text: str) -> bool | None:
    """Return whether a condition holds, or None where it cannot be evaluated."""
    verdict = conditions.decide_condition(conditions.parse_condition(text), CONTEXT)
    return verdict.holds if verdict.decided else None


@given(formulas)
def test_what_is_negated_twice_is_as_before(formula: str) -> None:
    assert _decide(f"!!({formula})") is _decide(formula)


@given(formulas, formulas)
def test_de_morgans_laws_hold(one: str, other: str) -> None:
    assert _decide(f"!({one} && {other})") is _decide(f"!({one}) || !({other})")
    assert _decide(f"!({one} || {other})") is _decide(f"!({one}) && !({other})")


@given(formulas, formulas)
def test_and_and_or_do_not_care_for_the_order(one: str, other: str) -> None:
    assert _decide(f"{one} && {other}") is _decide(f"{other} && {one}")
    assert _decide(f"{one} || {other}") is _decide(f"{other} || {one}")


@given(literals, literals)
def test_comparisons_can_be_turned_around(one: str, other: str) -> None:
    for operator, mirrored in (("==", "=="), ("!=", "!="), ("<", ">"), ("<=", ">=")):
        assert _decide(f"{one} {operator} {other}") is _decide(f"{other} {mirrored} {one}")
    equal, unequal = _decide(f"{one} == {other}"), _decide(f"{one} != {other}")
    assert equal is not None
    assert equal is not unequal


@given(st.text(max_size=20))
def test_simple_conditions_compare_strings_without_regard_to_case(text: str) -> None:
    quoted = text.replace("'", "''")
    context = Context(inputs={"lower": text.lower(), "upper": text.upper(), "folded": text.casefold()})
    assert conditions.decide_condition(
        conditions.parse_condition(f"'{quoted}' == $inputs.folded"), context
    ).holds
    assume(text.lower().casefold() == text.upper().casefold())
    assert conditions.decide_condition(
        conditions.parse_condition("$inputs.lower == $inputs.upper"), context
    ).holds


@given(values, values)
def test_equality_is_the_same_from_both_sides_and_order_is_its_opposite(one: Any, other: Any) -> None:
    for rules in (LOOSE, EXACT):
        assert rules.equal(one, one)
        assert rules.equal(one, other) is rules.equal(other, one)
        order, opposite = rules.order(one, other), rules.order(other, one)
        assert order is None or (opposite is not None and order == -opposite)
        assert rules.equal(MISSING, None)


def _strings(value: Any) -> Iterator[str]:
    for tokens, inner in _places(value):
        yield from (token for token in tokens if isinstance(token, str))
        if isinstance(inner, str):
            yield inner


def _places(value: Any, tokens: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield tokens, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*tokens, name))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _places(inner, (*tokens, index))


# JSONPath

members = st.sampled_from(["a", "B", "x-y", "é", "k", "'", "\\", "\n", ""])
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=examples(200))
@given(st.lists(members | st.integers(-3, 3), max_size=4), trees)
@example(["a", -1], {"a": [1, 2]})
def test_a_query_that_needs_no_library_selects_what_the_library_does(
    steps: list[str | int], tree: Any
) -> None:
    text = "$" + "".join(f"[{json.dumps(step, ensure_ascii=False)}]" for step in steps)
    query, library = jsonpath.select(text), Rfc9535(text)
    assert list(query.find(tree)) == list(library.find(tree))
    assert query.locate(tree) == library.locate(tree)
    assert query.many is library.many is False


@settings(max_examples=examples(200))
@given(st.sampled_from(["$.*", "$..a", "$[0]", "$.a[?@.k]", "$['a','B']", "$[::2]"]), trees)
def test_what_a_query_selects_stands_where_it_says(text: str, tree: Any) -> None:
    query = Rfc9535(text)
    assert [_at(tree, steps) for steps in query.locate(tree)] == list(query.find(tree))


def _at(tree: Any, steps: tuple[str | int, ...]) -> Any:
    for step in steps:
        tree = tree[step]
    return tree
