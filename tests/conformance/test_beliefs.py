"""The table of beliefs: complete, shown in the documentation, and held by the sandbox, all of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.conformance.probes import PROBES
from sandbox.conformance.run import chosen, run
from sandbox.conformance.table import Belief, beliefs, is_part, page
from sandbox.conformance.target import sandbox
from sandbox.errors import ConformanceError

PAGE = Path(__file__).parents[2] / "docs" / "beliefs.md"


def believed(**expect: Any) -> Belief:
    return Belief("id", "Something is so.", "somewhere", "inferred", "lake", (expect,))


def test_every_belief_has_an_id_of_its_own_and_a_probe_that_exists() -> None:
    ids = [belief.id for belief in beliefs()]
    assert len(ids) == len(set(ids)) > 80
    assert {belief.probe for belief in beliefs()} == PROBES.keys()
    assert all(belief.statement.endswith(".") and belief.source for belief in beliefs())
    assert {need for belief in beliefs() for need in belief.needs} == {"export", "images", "role"}


def test_the_page_of_the_documentation_is_the_table() -> None:
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), "run it again with UPDATE_DOCS=1"


@pytest.mark.parametrize("lag", [0.0, 10.0], ids=["prompt", "lagging"])
@pytest.mark.parametrize("probe", PROBES)
def test_the_sandbox_holds_every_belief_and_nothing_is_left(probe: str, lag: float) -> None:
    with sandbox("us-east-1", lag=lag) as target:
        record = run(target, chosen([probe], everything=True), lambda _: None)
        found = {name: entry for name, entry in record.beliefs.items() if entry.verdict != "holds"}
        assert found == {}
        assert target.account.stores() == []


def test_a_pattern_chooses_beliefs_and_probes_and_has_to_fit_one() -> None:
    assert {belief.probe for belief in chosen(["refusals"], everything=False)} == {"refusals"}
    assert [belief.id for belief in chosen(["lake-rename"], everything=False)] == ["lake-rename"]
    assert "lake-quota" not in {belief.id for belief in chosen([], everything=False)}
    assert "lake-quota" in {belief.id for belief in chosen(["*-quota"], everything=False)}
    with pytest.raises(ConformanceError, match="fits no belief and no probe"):
        chosen(["sea-*"], everything=True)


@pytest.mark.parametrize(
    ("expect", "seen", "holds"),
    [
        ({"code": "OK"}, {"code": "OK", "status": 200}, True),
        ({"code": "OK"}, {"code": "ConflictException"}, False),
        ({"code": "OK"}, {}, False),
        ({"code": {"one_of": ["OK", "ConflictException"]}}, {"code": "ConflictException"}, True),
        ({"seconds": {"from": 10, "to": 60}}, {"seconds": 60}, True),
        ({"seconds": {"from": 10, "to": 60}}, {"seconds": 61}, False),
        ({"states": {"way": ["A", "B", "C"], "ends": ["C"]}}, {"states": ["A", "C"]}, True),
        ({"states": {"way": ["A", "B", "C"], "ends": ["C"]}}, {"states": ["B", "A", "C"]}, False),
        ({"states": {"way": ["A", "B", "C"], "ends": ["C"]}}, {"states": ["A", "B"]}, False),
        ({"states": {"way": ["A", "B"], "ends": ["B"]}}, {"states": ["A", "X", "B"]}, False),
    ],
)
def test_a_belief_holds_where_the_facts_are_as_expected(
    expect: dict[str, Any], seen: dict[str, Any], *, holds: bool
) -> None:
    assert believed(**expect).holds(seen) is holds


@given(st.lists(st.sampled_from("ABC"), max_size=6), st.data())
def test_whatever_polls_miss_of_a_way_is_a_part_of_it(way: Sequence[str], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.booleans(), min_size=len(way), max_size=len(way)))
    assert is_part([state for state, keep in zip(way, kept, strict=True) if keep], way)
