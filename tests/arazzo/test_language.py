"""The rules of the language, one case after the other."""

from __future__ import annotations

from typing import Any

import pytest

from provider.arazzo import conditions, criteria, expressions, pointers, selectors, templates
from provider.arazzo.protocol import MISSING
from provider.arazzo.selectors import SelectorType, selector_type
from provider.arazzo.verdicts import Verdict
from tests.arazzo.language_cases import Case, attempt, cases, check_value


@pytest.mark.parametrize("case", cases("expressions", "expression"), ids=str)
def test_each_expression_refers_to_what_its_case_says(case: Case) -> None:
    def action() -> Any:
        expression = expressions.parse_expression(case["expression"])
        for name, value in case.get("reads", {}).items():
            read = getattr(expression, name)
            assert (list(read) if isinstance(read, tuple) else read) == value, case.told(expression)
        return expressions.evaluate(expression, case.context)

    check_value(case, attempt(case, action))


@pytest.mark.parametrize("case", cases("expressions", "text"), ids=str)
def test_each_text_is_told_apart_from_an_expression(case: Case) -> None:
    assert expressions.is_expression(case["text"]) is case["is_expression"], case.told("the opposite")


@pytest.mark.parametrize("case", cases("conditions", "condition"), ids=str)
def test_each_condition_is_decided_as_its_case_says(case: Case) -> None:
    def action() -> Verdict:
        return conditions.decide_condition(conditions.parse_condition(case["condition"]), case.context)

    _check_verdict(case, attempt(case, action))


@pytest.mark.parametrize("case", cases("criteria", "condition"), ids=str)
def test_each_criterion_is_decided_as_its_case_says(case: Case) -> None:
    def action() -> Verdict:
        criterion = criteria.compile_criterion(case["condition"], case.get("type"), case.get("context"))
        assert criterion.dialect is case.get("dialect", False), case.told(criterion)
        if "comparisons" in case:
            got = [[*each.path, each.operator, each.literal] for each in criterion.comparisons()]
            assert got == case["comparisons"], case.told(got)
        if "expressions" in case:
            texts = [expression.text for expression in criterion.expressions()]
            assert texts == case["expressions"], case.told(texts)
        verdict = criteria.decide_criterion(criterion, case.context)
        assert criteria.holds(criterion, case.context) is verdict.holds
        return verdict

    _check_verdict(case, attempt(case, action))


def _check_verdict(case: Case, got: Any) -> None:
    if "error" in case:
        return
    assert got.holds is bool(case.get("holds")), case.told(got)
    assert got.decided is not bool(case.get("undecided")), case.told(got)
    assert case.get("why", got.why) == got.why, case.told(got)
    assert "\n" not in got.why, case.told(got)


@pytest.mark.parametrize("case", cases("templates", "value"), ids=str)
def test_each_value_renders_to_what_its_case_says(case: Case) -> None:
    def action() -> Any:
        template = templates.parse_template(case["value"])
        _check_expressions(case, template)
        return templates.render(template, case.context)

    check_value(case, attempt(case, action))


@pytest.mark.parametrize("case", cases("templates", "payload"), ids=str)
def test_each_payload_renders_to_what_its_case_says(case: Case) -> None:
    def action() -> Any:
        template = templates.parse_payload(case["payload"], case.get("content_type"))
        _check_expressions(case, template)
        return templates.render(template, case.context)

    check_value(case, attempt(case, action))


def _check_expressions(case: Case, template: templates.Template) -> None:
    if "expressions" in case:
        got = [[pointer, expression.text] for pointer, expression in template.expressions()]
        assert got == case["expressions"], case.told(got)


@pytest.mark.parametrize("case", cases("replacements", "replacements"), ids=str)
def test_each_replacement_is_made_where_its_case_says(case: Case) -> None:
    def action() -> Any:
        pairs = [_replacement(*each) for each in case["replacements"]]
        before = repr(case["payload"])
        got = templates.replace(case["payload"], pairs, case.get("content_type"))
        assert repr(case["payload"]) == before, "the payload itself was changed"
        return got

    check_value(case, attempt(case, action))


def _replacement(target: str, value: Any, kind: Any = None) -> tuple[str, Any, SelectorType | None]:
    way = None if kind is None else selector_type(kind, target)
    return target, MISSING if value == "MISSING" else value, way


@pytest.mark.parametrize("case", cases("selectors", "selector"), ids=str)
def test_each_selector_selects_what_its_case_says(case: Case) -> None:
    def action() -> Any:
        fields = {name: case[name] for name in ("context", "selector", "type")}
        return selectors.compile_selector(fields).find(case.context)

    check_value(case, attempt(case, action))


@pytest.mark.parametrize("case", cases("pointers", "pointer"), ids=str)
def test_each_pointer_leads_where_its_case_says(case: Case) -> None:
    tokens = pointers.parse_pointer(case["pointer"], fragment=case.get("fragment", False))
    check_value(case, pointers.get(case["value"], tokens))


@pytest.mark.parametrize("case", cases("pointers", "malformed"), ids=str)
def test_each_malformed_pointer_is_refused_at_its_place(case: Case) -> None:
    with pytest.raises(pointers.PointerError, match=case["error"]) as refused:
        pointers.parse_pointer(case["malformed"])
    assert refused.value.offset == case["at"], case.told(refused.value.offset)


def test_what_is_missing_is_false_and_has_a_name() -> None:
    assert not MISSING
    assert repr(MISSING) == "MISSING"
