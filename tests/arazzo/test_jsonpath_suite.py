"""The JSONPath Compliance Test Suite as criteria: every selector of it is a condition of type jsonpath."""

from __future__ import annotations

import json
from typing import Any

from provider.arazzo import criteria
from provider.arazzo.expressions import Context
from provider.arazzo.protocol import Response
from provider.arazzo.syntax import TextError
from tests.arazzo.material import material


def test_every_selector_is_refused_or_holds_as_the_suite_says() -> None:
    cases = json.loads(material("jsonpath-compliance-test-suite", "cts.json").read_text())["tests"]
    assert len(cases) > 700
    assert [case["name"] for case in cases if _verdict(case) not in _expected(case)] == []


def _expected(case: dict[str, Any]) -> list[bool | None]:
    """Return the verdicts that are right; None stands for a selector that is refused."""
    if case.get("invalid_selector"):
        return [None]
    return [bool(nodes) for nodes in case.get("results", [case.get("result")])]


def _verdict(case: dict[str, Any]) -> bool | None:
    try:
        criterion = criteria.compile_criterion(case["selector"], "jsonpath", "$response.body#/document")
    except TextError:
        return None
    body = {"document": case["document"]}
    return criteria.holds(criterion, Context(response=Response(200, body=body)))
