"""The rules of the step machine, as data: see tests/cases/runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.arazzo.run_cases import Case, Play, cases, document, matches


def told(expected: list[dict[str, Any]], found: list[dict[str, Any]]) -> str:
    lines = [f"expected {json.dumps(entry)}" for entry in expected]
    return "\n".join([*lines, *(f"found    {json.dumps(entry)}" for entry in found)])


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_script_of_answers_leads_to_these_effects(case: Case, tmp_path: Path) -> None:
    expected = case.entry["trace"]
    found = Play(case.entry, document(case.entry, tmp_path)).trace()
    assert len(found) == len(expected), told(expected, found)
    for want, have in zip(expected, found, strict=True):
        assert matches(want, have), told([want], [have])


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_run_stored_and_read_anew_at_every_point_goes_on_the_same(case: Case, tmp_path: Path) -> None:
    loaded = document(case.entry, tmp_path)
    assert Play(case.entry, loaded, stored=True).trace() == Play(case.entry, loaded).trace()


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case.what for case in cases()]
    assert len(set(names)) == len(names)
