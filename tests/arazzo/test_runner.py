"""The runner at its edges: paces, resends, checkpoints, deadlines, events, in a world without waiting."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from random import Random
from typing import Any, Literal

import pytest

from provider.arazzo import Result, run
from provider.arazzo.machine.limits import Limits
from provider.arazzo.protocol import Operation, Request, Response, ServiceError
from provider.arazzo.runner.resends import Patience
from provider.errors import (
    CancelledError,
    CredentialsError,
    DeadlineError,
    InputError,
    LimitError,
    NoAnswerError,
    ProviderError,
)
from tests.arazzo.worlds import (
    START,
    Job,
    Recorder,
    ScriptedCaller,
    VirtualClock,
    answer,
    document,
    job_document,
    silence,
    status,
)

HALF = {"random": lambda: 0.5}
BUSY = Response(429, headers={"Retry-After": "7"})
DOWN = Response(503, method="GET")
ONE_STEP = {"workflowId": "main", "steps": [{"stepId": "a", "operationId": "A"}]}


def play(caller: Any, clock: VirtualClock | None = None, loaded: Any = None, **rest: Any) -> Result:
    clock = clock or VirtualClock()
    return run(loaded or document(ONE_STEP), caller=caller, clock=clock, **{**HALF, **rest})


# The result


def test_a_run_returns_outputs_steps_polls_and_time() -> None:
    clock = VirtualClock()
    result = play(Job(clock, 60.0), clock, job_document(), inputs={"name": "x"})
    assert result.succeeded
    assert result.outputs == {"id": "j1", "status": "DONE"}
    assert result.steps == {"begin": {"id": "j1"}, "look": {"status": "DONE"}}
    assert result.polls > 5
    assert 60 <= result.seconds <= 64
    assert result.failure is None


def test_a_failed_run_says_why_and_what_was_put_out_before() -> None:
    result = play(ScriptedCaller([answer(id="j1"), answer(404)]), loaded=job_document())
    assert not result.succeeded
    assert result.failure is not None
    assert result.failure.step.step_id == "look"
    assert result.outputs == {"id": "j1"}


def test_a_plain_caller_and_a_clock_are_all_that_is_needed() -> None:
    class Echo:
        def call(self, operation: Operation, request: Request) -> Response:
            return Response(200, body={"id": operation.operation_id, "status": "DONE", "was": request.body})

    assert run(job_document(), inputs={"name": "x"}, caller=Echo(), clock=VirtualClock()).outputs == {
        "id": "Begin",
        "status": "DONE",
    }


def test_hundreds_of_polls_pass_in_no_time() -> None:
    clock = VirtualClock()
    began = time.perf_counter()
    result = play(Job(clock, 86_400.0), clock, job_document())
    assert result.polls > 1000
    assert time.perf_counter() - began < 10


# The pace


@pytest.mark.parametrize("seconds", [0.0, 5.0, 45.0, 120.0, 900.0, 1800.0])
@pytest.mark.parametrize("seed", range(5))
def test_an_end_is_noticed_in_time_and_in_few_looks(seconds: float, seed: int) -> None:
    clock = VirtualClock()
    job = Job(clock, seconds)
    play(job, clock, job_document(), random=Random(seed).random)  # noqa: S311  # a test's chance
    assert job.began is not None
    assert clock.now() - job.began - seconds <= max(8.0, 0.03 * seconds)
    assert job.looks <= 200


def test_a_pace_of_ones_own_sets_the_waits() -> None:
    clock = VirtualClock()
    asked: list[tuple[float, float]] = []

    def pace(waited: float, chance: float) -> float:
        asked.append((waited, chance))
        return 10.0

    assert play(Job(clock, 25.0), clock, job_document(), pace=pace).polls == 3
    assert clock.slept == [10.0, 10.0, 10.0]
    assert asked == [(0.0, 0.5), (10.0, 0.5), (20.0, 0.5)]


def test_a_poll_waits_at_least_what_the_service_asks_for() -> None:
    clock = VirtualClock()
    patient = Response(200, headers={"Retry-After": "90"}, body={"status": "RUNNING"})
    play(ScriptedCaller([answer(), patient, status("DONE")]), clock, job_document())
    assert clock.slept == [90.0]


def test_a_second_wait_in_the_same_run_begins_quickly_again() -> None:
    twice = {
        "workflowId": "main",
        "steps": [{"stepId": name, "workflowId": "wait"} for name in ("one", "two")],
    }
    wait = {
        "workflowId": "wait",
        "steps": [
            {
                "stepId": "look",
                "operationId": "Look",
                "onSuccess": [
                    {
                        "name": "again",
                        "type": "goto",
                        "stepId": "look",
                        "criteria": [{"condition": "$statusCode == 202"}],
                    }
                ],
            }
        ],
    }
    clock = VirtualClock()
    script = [*[answer(202)] * 40, answer(200), answer(202), answer(200)]
    play(ScriptedCaller(script), clock, document(twice, wait), workflow_id="main")
    assert clock.slept[-1] == clock.slept[0] < clock.slept[-2]


def test_a_retry_without_a_time_backs_off() -> None:
    clock = VirtualClock()
    retry = {"name": "again", "type": "retry", "retryLimit": 3}
    step = {"stepId": "a", "operationId": "A", "onFailure": [retry]}
    failed = play(ScriptedCaller([answer(500)]), clock, document({"workflowId": "main", "steps": [step]}))
    assert not failed.succeeded
    assert clock.slept == [0.5, 1.0, 2.0]


def test_a_retry_waits_as_long_as_the_document_says() -> None:
    clock = VirtualClock()
    retry = {"name": "again", "type": "retry", "retryLimit": 2, "retryAfter": 4}
    step = {"stepId": "a", "operationId": "A", "onFailure": [retry]}
    play(ScriptedCaller([answer(500)]), clock, document({"workflowId": "main", "steps": [step]}))
    assert clock.slept == [4.0, 4.0]


# Sending again


@pytest.mark.parametrize(
    "trouble",
    [
        BUSY,
        DOWN,
        Response(400, transient="throttled"),
        Response(400, transient="unavailable"),
        silence(),
    ],
)
def test_what_may_pass_is_sent_again_with_the_same_key(trouble: Any) -> None:
    caller = ScriptedCaller([trouble, trouble, answer()])
    assert play(caller).succeeded
    assert len(set(caller.keys)) == 1
    assert len(caller.keys) == 3


def test_a_later_request_of_the_same_step_has_another_key() -> None:
    caller = ScriptedCaller([answer(), DOWN, status("RUNNING"), status("DONE")])
    play(caller, loaded=job_document())
    begin, first, again, second = caller.keys
    assert first == again
    assert len({begin, first, second}) == 3


def test_two_runs_have_different_keys_unless_they_are_named() -> None:
    callers = [ScriptedCaller([answer()]) for _ in range(4)]
    for caller, name in zip(callers, ["", "", "mine", "mine"], strict=True):
        play(caller, run_id=name)
    keys = [caller.keys[0] for caller in callers]
    assert keys[0] != keys[1]
    assert keys[2] == keys[3] == "mine/a/1"


def test_retry_after_is_honoured_when_sending_again() -> None:
    clock = VirtualClock()
    play(ScriptedCaller([BUSY, answer()]), clock)
    assert 7.0 <= clock.slept[0] <= 7.7


def test_resends_back_off() -> None:
    clock = VirtualClock()
    play(ScriptedCaller([*[DOWN] * 6, answer()]), clock)
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0]


@pytest.mark.parametrize(
    ("resends", "deadline", "calls"), [(0, None, 1), (2, None, 3), (2, 1e12, 3), (None, None, 21)]
)
def test_resends_end(resends: int | None, deadline: float | None, calls: int) -> None:
    caller = ScriptedCaller([DOWN] * 40)
    result = play(caller, patience=Patience(resends=resends), deadline=deadline)
    assert len(caller.calls) == calls
    assert result.failure is not None
    assert result.failure.response == DOWN


def test_a_request_that_is_not_answered_is_sent_again_no_more_often() -> None:
    caller = ScriptedCaller([NoAnswerError("no answer")] * 5)
    result = play(caller, patience=Patience(resends=1))
    assert len(caller.calls) == 2
    assert result.failure is not None


def test_what_will_not_pass_is_not_sent_again() -> None:
    caller = ScriptedCaller([Response(400, error=ServiceError("ValidationException", "bad"))])
    result = play(caller)
    assert result.failure is not None
    assert "ValidationException: bad" in result.failure.why
    assert len(caller.calls) == 1


@pytest.mark.parametrize(
    ("action", "operations"),
    [
        ({"type": "goto", "stepId": "b"}, ["A", "B"]),
        ({"type": "end"}, ["A"]),
        ({"type": "retry", "retryLimit": 1}, ["A", "A"]),
        ({"type": "retry", "retryLimit": 0}, ["A"]),
    ],
)
@pytest.mark.parametrize("trouble", [BUSY, silence()])
def test_the_documents_own_actions_come_before_sending_again(
    action: dict[str, Any], operations: list[str], trouble: Any
) -> None:
    steps = [
        {"stepId": "a", "operationId": "A", "onFailure": [{"name": "mine", **action}]},
        {"stepId": "b", "operationId": "B"},
    ]
    caller = ScriptedCaller([trouble] * 2 + [answer()] if action["type"] != "goto" else [trouble, answer()])
    play(caller, loaded=document({"workflowId": "main", "steps": steps}))
    assert caller.operations == operations


def test_a_throttled_answer_that_the_criteria_want_is_a_success() -> None:
    step = {"stepId": "a", "operationId": "A", "successCriteria": [{"condition": "$statusCode == 429"}]}
    caller = ScriptedCaller([BUSY])
    assert play(caller, loaded=document({"workflowId": "main", "steps": [step]})).succeeded
    assert len(caller.calls) == 1


def test_an_endpoint_that_never_answered_is_given_up_soon() -> None:
    clock = VirtualClock()
    with pytest.raises(NoAnswerError) as raised:
        play(ScriptedCaller([silence()]), clock, patience=Patience(stranger=15, known=600))
    assert 15 <= clock.now() - START < 30
    assert raised.value.state is not None


def test_an_endpoint_that_answered_before_is_waited_for_longer() -> None:
    clock = VirtualClock()
    patience = Patience(stranger=15, known=600)
    with pytest.raises(NoAnswerError):
        play(ScriptedCaller([answer(), silence()]), clock, job_document(), patience=patience)
    assert 600 <= clock.now() - START < 630


def test_an_error_of_the_caller_ends_the_run_with_its_checkpoint() -> None:
    caller = ScriptedCaller([answer(id="j1"), CredentialsError("expired")])
    with pytest.raises(CredentialsError) as raised:
        play(caller, loaded=job_document())
    state = raised.value.state
    assert state is not None
    resumed = ScriptedCaller([status("DONE")])
    assert play(resumed, loaded=job_document(), state=state).outputs == {"id": "j1", "status": "DONE"}
    assert resumed.keys == [caller.keys[-1]]


# Deadlines


def test_no_wait_goes_past_the_deadline_and_the_last_look_is_at_it() -> None:
    clock = VirtualClock()
    job = Job(clock, 1e9)
    looked: list[float] = []

    class Watched:
        def call(self, operation: Operation, request: Request) -> Response:
            looked.append(clock.now())
            return job.call(operation, request)

    with pytest.raises(DeadlineError) as raised:
        play(Watched(), clock, job_document(), deadline=START + 100)
    assert looked[-1] == clock.now() == START + 100
    assert raised.value.status == "RUNNING"
    assert "the last status was RUNNING" in str(raised.value)
    assert "step look" in str(raised.value)


def test_an_end_at_the_deadline_is_a_success() -> None:
    clock = VirtualClock()
    assert play(Job(clock, 100.0), clock, job_document(), deadline=START + 100).succeeded


def test_sending_again_ends_at_the_deadline() -> None:
    clock = VirtualClock()
    caller = ScriptedCaller([BUSY])
    with pytest.raises(DeadlineError):
        play(caller, clock, deadline=START + 10)
    assert clock.now() == START + 10
    assert len(caller.calls) == 3


def test_after_the_deadline_a_resumed_run_looks_once() -> None:
    clock = VirtualClock()
    with pytest.raises(DeadlineError) as raised:
        play(Job(clock, 200.0), clock, job_document(), deadline=START + 100)
    late = VirtualClock(START + 5000)
    done = ScriptedCaller([status("DONE")])
    assert play(done, late, job_document(), state=raised.value.state, deadline=START + 100).succeeded
    running = ScriptedCaller([status("RUNNING")])
    with pytest.raises(DeadlineError):
        play(running, late, job_document(), state=raised.value.state, deadline=START + 100)
    assert len(running.calls) == 1
    assert late.slept == []


def test_after_the_deadline_no_new_step_begins() -> None:
    clock = VirtualClock()

    def slow() -> Response:
        clock.time += 50
        return answer(id="j1")

    caller = ScriptedCaller([slow])
    with pytest.raises(DeadlineError) as raised:
        play(caller, clock, job_document(), deadline=START + 10)
    assert caller.operations == ["Begin"]
    resumed = play(ScriptedCaller([status("DONE")]), clock, job_document(), state=raised.value.state)
    assert resumed.outputs == {"id": "j1", "status": "DONE"}


def test_a_steps_timeout_ends_its_resends() -> None:
    clock = VirtualClock()
    step = {"stepId": "a", "operationId": "A", "timeout": 5000}
    result = play(
        ScriptedCaller([DOWN]), clock, document({"workflowId": "main", "steps": [step]}, arazzo="1.1.0")
    )
    assert result.failure is not None
    assert "timeout of 5 s" in result.failure.why
    assert clock.now() == START + 5


# Checkpoints


def checkpoints(caller: Any, loaded: Any, **rest: Any) -> list[str]:
    """Return every checkpoint of a run, as text."""
    stored: list[str] = []
    play(caller, loaded=loaded, on_state=lambda state: stored.append(json.dumps(state)), **rest)
    return stored


def test_a_run_goes_on_from_each_checkpoint_to_the_same_end() -> None:
    script = [answer(id="j1"), status("RUNNING"), DOWN, status("RUNNING"), status("DONE")]
    whole = ScriptedCaller(script)
    stored = checkpoints(whole, job_document())
    for text in stored:
        resumed = ScriptedCaller([status("DONE")])
        state = json.loads(text)
        if state["run"]["calls"] == 1 and state["run"]["awaits"] == "call":
            resumed = ScriptedCaller([answer(id="j1"), status("DONE")])
        result = play(resumed, loaded=job_document(), state=state)
        assert result.outputs == {"id": "j1", "status": "DONE"}


def test_a_resumed_call_that_was_under_way_has_the_same_key() -> None:
    whole = ScriptedCaller([answer(id="j1"), status("DONE")])
    first, *_ = checkpoints(whole, job_document())
    resumed = ScriptedCaller([answer(id="j1"), status("DONE")])
    play(resumed, loaded=job_document(), state=json.loads(first))
    assert resumed.keys == whole.keys


def test_a_checkpoint_comes_before_each_call_and_after_each_answer() -> None:
    order: list[str] = []

    class Watched:
        def call(self, operation: Operation, request: Request) -> Response:
            del request
            order.append(operation.operation_id or "")
            return status("DONE")

    play(Watched(), loaded=job_document(), on_state=lambda state: order.append(state["run"]["awaits"]))
    assert order == ["call", "Begin", "call", "call", "Look", "end"]


def test_checkpoints_do_not_change_afterwards() -> None:
    kept: list[tuple[Any, str]] = []
    caller = ScriptedCaller([answer(), *[status("RUNNING")] * 5, status("DONE")])
    play(caller, loaded=job_document(), on_state=lambda state: kept.append((state, json.dumps(state))))
    assert all(json.dumps(state) == text for state, text in kept)


def test_a_resumed_poll_keeps_its_pace() -> None:
    clock = VirtualClock()
    with pytest.raises(DeadlineError) as raised:
        play(Job(clock, 1e9), clock, job_document(), deadline=START + 1000)
    before = clock.slept[-2]
    state = json.loads(json.dumps(raised.value.state))
    resumed = VirtualClock(clock.now() + 1)
    play(ScriptedCaller([status("RUNNING"), status("DONE")]), resumed, job_document(), state=state)
    assert resumed.slept[0] >= before


def test_time_and_polls_count_on_over_a_resume() -> None:
    clock = VirtualClock()
    with pytest.raises(DeadlineError) as raised:
        play(Job(clock, 1e9), clock, job_document(), deadline=START + 100)
    state = raised.value.state
    assert state is not None
    result = play(ScriptedCaller([status("DONE")]), VirtualClock(START + 500), job_document(), state=state)
    assert result.seconds == 500
    assert result.polls == state["polls"] > 0


def test_a_finished_runs_checkpoint_ends_at_once_with_the_same_result() -> None:
    whole = play(ScriptedCaller([answer(id="j1"), status("DONE")]), loaded=job_document())
    nobody = ScriptedCaller([])
    again = play(nobody, loaded=job_document(), state=json.loads(json.dumps(whole.state)))
    assert nobody.calls == []
    assert (again.outputs, again.steps, again.succeeded) == (whole.outputs, whole.steps, True)


def test_a_failed_runs_checkpoint_ends_at_once_with_the_same_failure() -> None:
    refused = Response(400, headers={"x": "y"}, body={"a": 1}, error=ServiceError("Bad", "worse"))
    whole = play(ScriptedCaller([refused]))
    again = play(ScriptedCaller([]), state=json.loads(json.dumps(whole.state)))
    assert again.failure == whole.failure
    assert again.failure is not None
    assert again.failure.response == refused


@pytest.mark.parametrize(
    "change",
    [
        lambda _: {},
        lambda state: {**state, "format": 99},
        lambda state: {**state, "run": {**state["run"], "format": 99}},
        lambda state: {**state, "since": 5},
        lambda state: {**state, "started": "yesterday"},
    ],
)
def test_a_checkpoint_that_cannot_be_read_is_told(change: Callable[[Any], Any]) -> None:
    whole = play(ScriptedCaller([answer()]))
    with pytest.raises(InputError, match="stored run"):
        play(ScriptedCaller([]), state=change(whole.state))


def test_a_checkpoint_of_a_document_that_has_lost_the_step_is_told() -> None:
    first = checkpoints(ScriptedCaller([answer()]), document(ONE_STEP))[0]
    other = {"workflowId": "main", "steps": [{"stepId": "b", "operationId": "B"}]}
    with pytest.raises(InputError, match="there is no step a"):
        play(ScriptedCaller([]), loaded=document(other), state=json.loads(first))


# Stopping


def test_a_cancel_ends_the_wait_with_everything_kept() -> None:
    clock = VirtualClock(cancel_at=START + 30)
    with pytest.raises(CancelledError) as raised:
        play(Job(clock, 1e9), clock, job_document())
    assert raised.value.status == "RUNNING"
    state = json.loads(json.dumps(raised.value.state))
    result = play(ScriptedCaller([status("DONE")]), loaded=job_document(), state=state)
    assert result.outputs == {"id": "j1", "status": "DONE"}


def test_a_limit_ends_the_run() -> None:
    loop = {"name": "again", "type": "goto", "stepId": "a"}
    step = {"stepId": "a", "operationId": "A", "onSuccess": [loop]}
    with pytest.raises(LimitError, match="more than 10 steps"):
        play(
            ScriptedCaller([answer()]),
            loaded=document({"workflowId": "main", "steps": [step]}),
            limits=Limits(steps=10),
        )


def test_bad_inputs_are_refused_before_any_call() -> None:
    caller = ScriptedCaller([])
    with pytest.raises(InputError, match="name: 5 is not of type 'string'"):
        play(caller, loaded=job_document(), inputs={"name": 5})
    assert caller.calls == []


# The judge


def objects(*_: Any) -> str:
    return "it is broken"


def test_the_judge_may_object_to_a_success() -> None:
    asked: list[Any] = []

    def judge(step: Any, operation: Operation, response: Response) -> str:
        asked.append((step.step_id, operation.operation_id, response.body))
        return "it is broken"

    result = play(ScriptedCaller([answer(id="j1"), status("DONE")]), loaded=job_document(), judge=judge)
    assert asked == [("look", "Look", {"status": "DONE"})]
    assert not result.succeeded
    assert result.failure is not None
    assert (result.failure.why, result.failure.unhandled) == ("it is broken", True)
    assert result.outputs == {"id": "j1", "status": "DONE"}


def test_an_objection_is_kept_in_the_checkpoint() -> None:
    whole = play(ScriptedCaller([answer()]), judge=objects)
    again = play(ScriptedCaller([]), state=json.loads(json.dumps(whole.state)))
    assert again.failure == whole.failure


def test_a_judge_without_objection_leaves_a_success_alone() -> None:
    assert play(ScriptedCaller([answer()]), judge=lambda *_: None).succeeded


def test_the_judge_gives_its_reason_for_a_failure_over_the_same_answer() -> None:
    result = play(
        ScriptedCaller([answer(), status("BROKEN")]), loaded=job_document(), judge=objects, strict_polls=True
    )
    assert result.failure is not None
    assert result.failure.why == "the status BROKEN matches no action of this step: it is broken"


def test_strict_polls_are_a_choice() -> None:
    script = [answer(), status("BROKEN")]
    assert play(ScriptedCaller(script), loaded=job_document()).succeeded
    assert not play(ScriptedCaller(script), loaded=job_document(), strict_polls=True).succeeded


def test_what_is_on_its_way_is_looked_at_again_although_no_action_names_it() -> None:
    script = [answer(), status("QUEUED"), status("RUNNING"), status("QUEUED"), status("DONE")]
    clock, seen = VirtualClock(), Recorder()

    def pending(operation: Operation, response: Response) -> Literal["pending"] | None:
        queued = operation.operation_id == "Look" and response.body["status"] == "QUEUED"
        return "pending" if queued else None

    result = play(
        ScriptedCaller(script), clock, job_document(), strict_polls=True, pending=pending, on_event=seen
    )
    assert result.succeeded
    waits = [(event.reason, event.count) for event in seen.events if event.kind == "waiting"]
    assert waits == [("QUEUED", 0), ("RUNNING", 1), ("QUEUED", 2)]


REFUSES = "$response.body#/status == 'RUNNING' || $response.body#/status == 'DONE'"


@pytest.mark.parametrize(("outlook", "succeeds"), [("unknown", True), ("pending", False), (None, False)])
def test_a_status_that_nobody_knows_is_waited_on_although_a_criterion_refuses_it(
    outlook: Literal["pending", "unknown"] | None, *, succeeds: bool
) -> None:
    loaded = job_document(successCriteria=[{"condition": REFUSES}])
    script = [answer(), status("VERIFYING"), status("DONE")]
    result = play(
        ScriptedCaller(script),
        loaded=loaded,
        strict_polls=True,
        pending=lambda _operation, _response: outlook,
    )
    assert result.succeeded is succeeds


# Events


def test_a_run_is_told_as_it_goes() -> None:
    seen = Recorder()
    script = [answer(id="j1"), DOWN, status("RUNNING"), status("DONE")]
    play(ScriptedCaller(script), loaded=job_document(), on_event=seen)
    assert seen.kinds == [
        *["calling", "answered"],
        *["calling", "resending", "calling", "answered", "waiting"],
        *["calling", "answered", "finished"],
    ]
    begun, resending, waiting, finished = (seen.events[at] for at in (1, 3, 6, 9))
    assert begun.outputs == {"id": "j1"}
    assert (resending.reason, resending.count, resending.seconds) == ("unavailable", 0, 0.5)
    assert resending.response == DOWN
    assert (waiting.reason, waiting.count, waiting.waited) == ("RUNNING", 0, 0.5)
    assert waiting.seconds > 0
    assert (finished.step, finished.outputs) == (None, {"id": "j1", "status": "DONE"})


def test_no_answer_is_told_without_a_response() -> None:
    seen = Recorder()
    play(ScriptedCaller([silence(), answer()]), on_event=seen)
    resending = seen.events[1]
    assert (resending.kind, resending.response, resending.reason) == ("resending", None, "no answer")


def test_no_answer_that_the_document_handles_is_told_as_an_answer_without_a_response() -> None:
    seen = Recorder()
    steps = [
        {"stepId": "a", "operationId": "A", "onFailure": [{"name": "go", "type": "goto", "stepId": "b"}]},
        {"stepId": "b", "operationId": "B"},
    ]
    caller = ScriptedCaller([silence(), answer()])
    play(caller, loaded=document({"workflowId": "main", "steps": steps}), on_event=seen)
    assert seen.kinds == ["calling", "answered", "calling", "answered", "finished"]
    assert seen.events[1].response is None


def test_a_failure_is_told_at_the_end() -> None:
    seen = Recorder()
    play(ScriptedCaller([answer(404)]), on_event=seen)
    end = seen.events[-1]
    assert end.step is not None
    assert (end.kind, end.step.step_id, end.reason) == ("finished", "a", "the answer's status is 404")


def test_the_time_waited_grows_from_poll_to_poll() -> None:
    clock, seen = VirtualClock(), Recorder()
    play(Job(clock, 60.0), clock, job_document(), on_event=seen)
    waited = [event.waited for event in seen.events if event.kind == "waiting"]
    assert waited == sorted(waited)
    assert waited[0] == 0
    assert waited[-1] > 50
    counts = [event.count for event in seen.events if event.kind == "waiting"]
    assert counts == list(range(len(counts)))


def test_an_error_of_an_observer_is_not_swallowed() -> None:
    def broken(_: Any) -> None:
        raise ProviderError("the display is broken")

    with pytest.raises(ProviderError, match="display"):
        play(ScriptedCaller([answer()]), on_event=broken)
