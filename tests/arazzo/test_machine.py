"""The step machine as a library: states, going on at a step, laws over any answers, bad documents."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.arazzo import Document, load, patterns
from provider.arazzo.machine import Machine, NoAnswer
from provider.arazzo.machine.inputs import _plainly_valid, prepare
from provider.arazzo.machine.program import Program
from provider.arazzo.machine.schemas import schema_faults
from provider.arazzo.machine.state import State
from provider.arazzo.model import Document as Model
from provider.arazzo.model import SourceDescription, Step, Target, Workflow
from provider.arazzo.protocol import MISSING, Call, Effect, Failure, Finish, Response, Wait
from provider.errors import InputError, Place
from tests.arazzo.test_runner_seeds import INPUTS, LAKE, SEEDS
from tests.arazzo.worlds import document, job_document

JOB = job_document()
SEED = load(SEEDS / f"{LAKE}.arazzo.yaml")


def advance(machine: Machine, state: State, *answers: Response | NoAnswer) -> tuple[State, Effect]:
    """Give answers to the calls that come, and pass the waits between them."""
    state, effect = machine.step(state)
    for answer in answers:
        while isinstance(effect, Wait):
            state, effect = machine.step(state)
        state, effect = machine.step(state, answer)
    return state, effect


def looked(status: str) -> Response:
    return Response(200, body={"status": status})


BEGUN = Response(200, body={"id": "j1"})


# States


def test_a_state_is_plain_json() -> None:
    state, _ = advance(Machine(JOB), Machine(JOB).start("main", {"name": "x"}, "r"), BEGUN)
    assert json.loads(json.dumps(state)) == state


def test_states_share_what_does_not_change() -> None:
    machine = Machine(JOB)
    before, _ = advance(machine, machine.start("main", {"name": "x"}), BEGUN)
    after, _ = machine.step(before, looked("RUNNING"))
    assert after["frames"][0]["inputs"] is before["frames"][0]["inputs"]
    assert after["frames"][0] is not before["frames"][0]


def test_a_call_can_be_had_again_from_its_state() -> None:
    machine = Machine(JOB)
    state, first = machine.step(machine.start("main", {"name": "x"}, "r"))
    again, second = machine.step(state)
    assert first == second
    assert again is state


def test_an_end_can_be_had_again_from_its_state() -> None:
    machine = Machine(JOB)
    state, end = advance(machine, machine.start("main", {}), BEGUN, looked("DONE"))
    assert machine.step(state) == (state, end)


def test_an_answer_that_nothing_asked_for_is_refused() -> None:
    machine = Machine(JOB)
    with pytest.raises(InputError, match="waits for none"):
        machine.step(machine.start("main", {}), BEGUN)


def test_a_state_whose_call_the_document_no_longer_makes_is_refused() -> None:
    machine = Machine(JOB)
    state, _ = machine.step(machine.start("main", {}))
    other = Machine(
        document(
            {"workflowId": "main", "steps": [{"stepId": "begin", "workflowId": "sub"}]},
            {"workflowId": "sub", "steps": [{"stepId": "a", "operationId": "A"}]},
        )
    )
    with pytest.raises(InputError, match="waits for a call that the document lacks"):
        other.step(state)


def test_a_state_without_a_step_under_way_is_refused() -> None:
    machine = Machine(JOB)
    state, _ = machine.step(machine.start("main", {}))
    broken = {**state, "frames": [{**state["frames"][0], "step": None}]}
    with pytest.raises(InputError, match="no step under way"):
        machine.step(broken, BEGUN)


def test_one_machine_serves_many_runs() -> None:
    machine = Machine(JOB)
    states = [machine.start("main", {"name": name}, name) for name in ("a", "b")]
    (one, first), (two, second) = (machine.step(state) for state in states)
    assert isinstance(first, Call)
    assert isinstance(second, Call)
    assert (first.request.body, second.request.body) == ({"name": "a"}, {"name": "b"})
    assert machine.step(one)[1] != machine.step(two)[1]


def test_the_inputs_given_are_not_changed() -> None:
    given: dict[str, Any] = {"name": "x", "nothing": MISSING}
    Machine(JOB).start("main", given)
    assert given == {"name": "x", "nothing": MISSING}


# Going on at a step


def failed() -> tuple[Machine, State]:
    """Return a run whose look has failed."""
    machine = Machine(JOB, strict_polls=True)
    state, effect = advance(machine, machine.start("main", {"name": "x"}, "r"), BEGUN, looked("BROKEN"))
    assert isinstance(effect, Finish)
    assert effect.failure is not None
    return machine, state


def test_a_failed_run_goes_on_at_the_step_that_failed() -> None:
    machine, state = failed()
    state, effect = machine.step(machine.resume_at(state))
    assert isinstance(effect, Call)
    assert (effect.step.step_id, effect.request.key) == ("look", "r/look/3")
    _, end = machine.step(state, looked("DONE"))
    assert end == Finish({"id": "j1", "status": "DONE"})


def test_a_run_goes_on_at_an_earlier_step_with_other_inputs() -> None:
    machine, state = failed()
    _, effect = machine.step(machine.resume_at(state, "begin", {"name": "y"}))
    assert isinstance(effect, Call)
    assert effect.request.body == {"name": "y"}
    assert effect.request.key == "r/begin/3"


def test_a_step_that_is_tried_again_counts_its_polls_anew() -> None:
    machine = Machine(JOB)
    state, wait = advance(machine, machine.start("main", {}), BEGUN, looked("RUNNING"), looked("RUNNING"))
    assert isinstance(wait, Wait)
    assert wait.count == 1
    state, _ = machine.step(machine.resume_at(state, "look"))
    _, wait = machine.step(state, looked("RUNNING"))
    assert isinstance(wait, Wait)
    assert wait.count == 0


def test_going_on_does_not_change_the_state() -> None:
    machine, state = failed()
    before = json.dumps(state)
    machine.resume_at(state, "begin", {"name": "y"})
    assert json.dumps(state) == before


def test_going_on_checks_the_step_and_the_inputs() -> None:
    machine, state = failed()
    with pytest.raises(InputError, match=r"no step lock.*did you mean look"):
        machine.resume_at(state, "lock")
    with pytest.raises(InputError, match="name: 5"):
        machine.resume_at(state, "begin", {"name": 5})


def test_a_run_that_is_over_goes_on_only_at_a_named_step() -> None:
    one = document({"workflowId": "main", "steps": [{"stepId": "a", "operationId": "A"}]})
    machine = Machine(one)
    state, _ = advance(machine, machine.start("main", {}), Response(200))
    with pytest.raises(InputError, match="name the step"):
        machine.resume_at(state)
    _, effect = machine.step(machine.resume_at(state, "a"))
    assert isinstance(effect, Call)


def test_going_on_stays_in_the_workflows_inside_with_the_same_request() -> None:
    outer = document(
        {"workflowId": "main", "steps": [{"stepId": "sub", "workflowId": "inner"}]},
        {"workflowId": "inner", "steps": [{"stepId": "a", "operationId": "A"}]},
    )
    machine = Machine(outer)
    state, asked = machine.step(machine.start("main", {}))
    assert len(state["frames"]) == 2
    _, effect = machine.step(machine.resume_at(state))
    assert isinstance(effect, Call)
    assert effect == asked
    assert effect.step.via == ("sub",)


def test_a_state_of_a_document_with_other_steps_is_refused() -> None:
    two = [{"stepId": "a", "operationId": "A"}, {"stepId": "b", "operationId": "B"}]
    machine = Machine(document({"workflowId": "main", "steps": two}))
    state, _ = advance(machine, machine.start("main", {}), Response(200))
    renamed = Machine(document({"workflowId": "main", "steps": [{**two[0], "stepId": "c"}, two[1]]}))
    with pytest.raises(InputError, match="there is no step a"):
        renamed.resume_at(state)


def test_a_success_can_be_refused() -> None:
    machine = Machine(JOB)
    state, call = advance(machine, machine.start("main", {}), BEGUN)
    assert isinstance(call, Call)
    state, _ = machine.step(state, looked("DONE"))
    refused, end = machine.refuse(state, Failure(call.step, "it is broken"))
    assert end == Finish({"id": "j1", "status": "DONE"}, Failure(call.step, "it is broken"))
    assert machine.step(json.loads(json.dumps(refused)))[1] == end


# Laws

answers = st.lists(
    st.one_of(
        st.builds(
            lambda status, word: Response(
                status,
                headers={"Retry-After": "1"},
                body={
                    "DatastoreId": "d",
                    "JobId": "j",
                    "DatastoreProperties": {"DatastoreStatus": word},
                    "ExportJobProperties": {"JobStatus": word},
                },
            ),
            st.sampled_from([200, 200, 200, 404, 429, 500]),
            st.sampled_from(["CREATING", "ACTIVE", "SUBMITTED", "COMPLETED", "FAILED", None, 7]),
        ),
        st.builds(NoAnswer, st.text(max_size=5)),
    ),
    max_size=30,
)


@given(answers=answers, strict=st.booleans())
def test_any_answers_lead_to_calls_waits_and_an_end(
    answers: list[Response | NoAnswer], *, strict: bool
) -> None:
    machine = Machine(SEED, strict_polls=strict)
    state, effect = machine.step(machine.start(None, INPUTS[LAKE], "r"))
    keys: list[str] = []
    for answer in answers:
        while isinstance(effect, Wait):
            state, effect = machine.step(state)
        if isinstance(effect, Finish):
            break
        assert isinstance(effect, Call)
        keys.append(effect.request.key)
        stored = json.loads(json.dumps(state))
        state, effect = machine.step(state, answer)
        assert machine.step(stored, answer) == (state, effect)
        json.dumps(state)
    assert len(set(keys)) == len(keys)


@given(answers=answers)
def test_a_strict_run_succeeds_only_on_an_active_store_and_a_completed_export(
    answers: list[Response | NoAnswer],
) -> None:
    machine = Machine(SEED, strict_polls=True)
    state, effect = machine.step(machine.start(None, INPUTS[LAKE], "r"))
    seen: list[Any] = []
    for answer in answers:
        while isinstance(effect, Wait):
            state, effect = machine.step(state)
        if isinstance(effect, Finish):
            break
        if isinstance(answer, Response):
            seen.append(answer.body["DatastoreProperties"]["DatastoreStatus"])
        state, effect = machine.step(state, answer)
    if isinstance(effect, Finish) and effect.failure is None:
        assert "ACTIVE" in seen
        assert seen[-1] == "COMPLETED"


def test_a_poll_costs_little() -> None:
    machine = Machine(SEED, strict_polls=True)
    body = {"DatastoreId": "d", "DatastoreProperties": {"DatastoreStatus": "CREATING"}}
    state, _ = advance(machine, machine.start(None, INPUTS[LAKE], "r"), Response(200, body=body))
    began = time.process_time()
    for _ in range(1000):
        state, wait = machine.step(state, Response(200, body=body))
        assert isinstance(wait, Wait)
        state, _ = machine.step(state)
    assert time.process_time() - began < 1.0  # a twentieth of that is usual
    assert len(json.dumps(state)) < 2000


# What only a document made by hand can have


def by_hand(target: Target, *sources: SourceDescription) -> Document:
    step = Step("a", target)
    return Model("hand", "1.0.1", sources=sources, workflows=(Workflow("main", steps=(step,)),))


API = SourceDescription("api", "api.yaml")
OTHER = SourceDescription("other", "other.yaml")
LIBRARY = SourceDescription("lib", "lib.arazzo.yaml", type="arazzo")


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (by_hand(Target(operation_id="A")), "no source has operations"),
        (by_hand(Target(operation_id="A"), API, OTHER), "could be of several sources"),
        (by_hand(Target(source="apo", operation_id="A"), API), "no source apo.*did you mean api"),
        (by_hand(Target(workflow_id="sub"), API), "no workflow sub"),
        (by_hand(Target(source="lib", workflow_id="sub"), LIBRARY), "lib is not a loaded Arazzo document"),
        (by_hand(Target(source="lab", workflow_id="sub"), LIBRARY), "no source lab.*did you mean lib"),
    ],
)
def test_a_document_that_names_what_it_lacks_is_told(made: Document, message: str) -> None:
    machine = Machine(made)
    with pytest.raises(InputError, match=message):
        machine.step(machine.start("main", {}))


def test_a_dependency_in_an_unknown_source_is_told() -> None:
    made = by_hand(Target(operation_id="A"), API)
    [workflow] = made.workflows
    needs = replace(workflow, depends_on=("$sourceDescriptions.apo.first",))
    with pytest.raises(InputError, match="no source apo"):
        Machine(replace(made, workflows=(needs,))).start("main", {})


def test_a_workflow_without_steps_succeeds_at_once() -> None:
    empty = Model("hand", "1.0.1", workflows=(Workflow("main"),))
    assert Machine(empty).step(Machine(empty).start(None, {}))[1] == Finish({})


def test_a_document_without_workflows_is_told() -> None:
    with pytest.raises(InputError, match="name one of none"):
        Program(Model("hand", "1.0.1")).choose(None)


# Schemas


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "nope"}, "is not a JSON Schema"),
        ({"$ref": "#"}, "cannot be decided"),
        ({"$ref": "#/$defs/nowhere"}, "refers to something that does not exist"),
        ({"$ref": "https://nowhere.test/schema.json"}, "refers to something that does not exist"),
        ({"properties": {"a": {"pattern": "("}}}, "cannot be decided"),
        ({"required": ["b"], "additionalProperties": False}, "b is missing; a: the schema has no such"),
        ({"properties": {"a": {"properties": {"n": {"maximum": 1}}}}}, "a.n: 5 is greater"),
        (False, "False schema does not allow"),
        ({"properties": {"a": {"const": "x" * 500}}}, r"a: .* \.\.\. "),
    ],
)
def test_inputs_that_a_schema_refuses_are_told(schema: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        prepare(schema, {"a": {"n": 5}} if "pattern" not in str(schema) else {"a": "x"}, Place())


def test_a_pattern_that_runs_away_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.05)
    schema = {"properties": {"a": {"pattern": "^(a|a)*(b|b)*$"}}}
    with pytest.raises(InputError, match=r"cannot be decided: the pattern needs more than 0\.05 s"):
        prepare(schema, {"a": "a" * 40 + "c"}, Place())


@pytest.mark.parametrize("schema", [None, True, {}, {"patternProperties": {"^n": {}}}])
def test_inputs_without_a_rule_are_taken_as_they_are(schema: Any) -> None:
    assert prepare(schema, {"a": 1, "b": MISSING}, Place()) == {"a": 1}


@pytest.mark.parametrize("value", [5, "text", [1], None])
def test_rules_for_objects_leave_other_values_alone(value: Any) -> None:
    inner = {"patternProperties": {"x": False}, "additionalProperties": False}
    assert prepare({"properties": {"a": inner}}, {"a": value}, Place()) == {"a": value}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), st.lists, max_leaves=5))
def test_the_quick_check_never_lets_pass_what_json_schema_refuses(value: Any) -> None:
    for schema in (
        {"type": "string"},
        {"type": ["integer", "null"]},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "array"},
        {"type": "object", "required": ["a"]},
        {"enum": ["a", 1, True]},
        {"properties": {"a": {"type": "string"}}},
    ):
        if _plainly_valid(schema, value):
            assert schema_faults(schema, value) == []


@pytest.mark.parametrize("where", ["$response.body#/jobs/0/state", "$response.body.jobs[0].state"])
@pytest.mark.parametrize(("jobs", "reason"), [([{"state": "BUSY"}], "BUSY"), ([], ""), ("text", "")])
def test_a_status_may_stand_in_a_list(where: str, jobs: Any, reason: str) -> None:
    again = {"name": "again", "type": "goto", "stepId": "look"}
    text = {
        "workflowId": "main",
        "steps": [
            {
                "stepId": "look",
                "operationId": "Look",
                "onSuccess": [
                    {**again, "name": "busy", "criteria": [{"condition": f"{where} == 'BUSY'"}]},
                    again,
                ],
            }
        ],
    }
    machine = Machine(document(text))
    _, effect = advance(machine, machine.start(None, {}), Response(200, body={"jobs": jobs}))
    assert isinstance(effect, Wait)
    assert effect.reason == reason
