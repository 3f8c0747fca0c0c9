"""Laws of the machine over random documents: whatever one says, a run stays bounded, paced and plain."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from provider.arazzo.machine import Machine, NoAnswer
from provider.arazzo.machine.limits import Limits
from provider.arazzo.protocol import Call, Effect, Finish, Response, StepRef, Wait
from provider.errors import LimitError
from tests.arazzo.fuzz import examples
from tests.arazzo.worlds import document

STEPS = ("a", "b", "c")
WORKFLOWS = ("main", "other")
STATUSES = (200, 202, 404, 500)
MOST_EFFECTS = 60

criteria = st.lists(
    st.sampled_from(STATUSES).map(lambda status: {"condition": f"$statusCode == {status}"}), max_size=1
)
targets = st.one_of(
    st.sampled_from(STEPS).map(lambda step: {"stepId": step}),
    st.sampled_from(WORKFLOWS).map(lambda workflow: {"workflowId": workflow}),
)


def optional_criteria(action: dict[str, Any], found: list[Any]) -> dict[str, Any]:
    return {**action, "criteria": found} if found else action


gotos = st.builds(lambda target: {"type": "goto", **target}, targets)
retries = st.builds(
    lambda target, limit: {"type": "retry", "retryAfter": 1, "retryLimit": limit, **target},
    st.one_of(st.just({}), targets),
    st.integers(0, 3),
)
ends = st.just({"type": "end"})


def named(actions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"name": f"n{number}", **action} for number, action in enumerate(actions)]


def lists_of(kinds: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.builds(optional_criteria, kinds, criteria), max_size=2).map(named)


def step(name: str, called: Any, succeeded: Any, failed: Any) -> dict[str, Any]:
    parts = {"onSuccess": succeeded, "onFailure": failed}
    return {"stepId": name, **called, **{key: value for key, value in parts.items() if value}}


def steps(name: str) -> st.SearchStrategy[dict[str, Any]]:
    called = st.one_of(
        st.just({"operationId": "A"}),
        st.just({"operationId": "A", "successCriteria": [{"condition": "$statusCode < 500"}]}),
        st.sampled_from(WORKFLOWS).map(lambda workflow: {"workflowId": workflow}),
    )
    return st.builds(step, st.just(name), called, lists_of(gotos | ends), lists_of(gotos | ends | retries))


def workflow(name: str, found: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    first = {**found[0], "operationId": "A"}
    first.pop("workflowId", None)
    return {"workflowId": name, "steps": [first, *found[1:]]}


documents = st.tuples(
    *(st.builds(workflow, st.just(name), st.tuples(*map(steps, STEPS))) for name in WORKFLOWS)
)
answers = st.lists(
    st.one_of(st.sampled_from(STATUSES).map(Response), st.just(NoAnswer("silence"))), max_size=MOST_EFFECTS
)


def effects(machine: Machine, given: list[Response | NoAnswer], *, stored: bool) -> list[Effect]:
    """Play answers, and return the effects until the end, the limit or the most."""
    left = iter(given)
    found: list[Effect] = []
    state, effect = machine.step(machine.start("main", {}, "r"))
    while len(found) < MOST_EFFECTS:
        found.append(effect)
        if isinstance(effect, Finish):
            break
        state = json.loads(json.dumps(state)) if stored else state
        answer = next(left, Response(200)) if isinstance(effect, Call) else None
        try:
            state, effect = machine.step(state, answer)
        except LimitError:
            break
    return found


@settings(max_examples=examples(100), deadline=None)
@given(documents, answers)
def test_no_step_is_called_again_without_a_wait_but_where_a_retry_runs_it_first(
    workflows: tuple[dict[str, Any], ...], given_: list[Response | NoAnswer]
) -> None:
    called: Counter[StepRef] = Counter()
    retries = 0
    for effect in effects(Machine(document(*workflows), limits=Limits(depth=5)), given_, stored=False):
        if isinstance(effect, Wait):
            called.clear()
            retries += effect.kind == "retry"
        if isinstance(effect, Call):
            called[effect.step] += 1
            assert called[effect.step] <= 1 + retries


@settings(max_examples=examples(100), deadline=None)
@given(documents, answers)
def test_a_run_of_any_document_is_plain_and_repeatable(
    workflows: tuple[dict[str, Any], ...], given_: list[Response | NoAnswer]
) -> None:
    machine = Machine(document(*workflows), limits=Limits(depth=5))
    straight = effects(machine, given_, stored=False)
    assert effects(machine, given_, stored=True) == straight
    keys = [effect.request.key for effect in straight if isinstance(effect, Call)]
    assert len(set(keys)) == len(keys)


@settings(max_examples=examples(100), deadline=None)
@given(documents)
def test_a_workflow_that_is_never_answered_well_never_succeeds_by_a_call(
    workflows: tuple[dict[str, Any], ...],
) -> None:
    silence: list[Response | NoAnswer] = [NoAnswer("silence")] * MOST_EFFECTS
    end = effects(Machine(document(*workflows), limits=Limits(depth=5)), silence, stored=False)[-1]
    if isinstance(end, Finish):
        assert end.failure is not None
