"""A run under way: the one place where the machine's effects meet a caller, a clock and chance."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from ...errors import DeadlineError, NoAnswerError, Place, ProviderError
from ...timing import pacing
from ..machine import NoAnswer, flow
from ..protocol import Call, Event, Failure, Finish, Response, Wait
from . import channels, checkpoints, resends

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...timing.pacing import Clock
    from ..machine import Machine
    from ..machine.state import State
    from ..protocol import Caller, ChannelCaller, Effect, Operation, StepRef
    from .checkpoints import Checkpoint, Progress
    from .resends import Patience


class Pace(Protocol):
    """How long to wait before the next look: seconds, from the seconds waited and a number in [0, 1)."""

    def __call__(self, waited: float, chance: float, /) -> float:
        """Return the seconds."""
        ...


class Judge(Protocol):
    """What has the last word on a run that succeeded by its document.

    It is asked once, with the last step that was answered; a string that it returns is why the run failed. If
    the run has failed over that answer already, the text is added to the reason.
    """

    def __call__(self, step: StepRef, operation: Operation, response: Response, /) -> str | None:
        """Return an objection, or None."""
        ...


class Edge:
    """Carries out effects until the run is over.

    Attributes:
        state: The machine's state to go on from; while a call is under way, the one that waits for it.
        progress: What was measured so far.
        clock: Tells the time and sleeps.
    """

    def __init__(
        self,
        machine: Machine,
        state: State,
        progress: Progress,
        *,
        caller: Caller,
        clock: Clock,
        on_event: Callable[[Event], None] | None,
        on_state: Callable[[Checkpoint], None] | None,
        pace: Pace,
        chance: Callable[[], float],
        deadline: float | None,
        patience: Patience,
        channels: ChannelCaller | None = None,
    ) -> None:
        self.state = state
        self.progress = progress
        self.clock = clock
        self._machine = machine
        self._caller = caller
        self._on_event = on_event
        self._on_state = on_state
        self._pace = pace
        self._chance = chance
        self._deadline = deadline
        self._patience = patience
        self._channels = channels
        self._due = True  # nothing was called since the run, or a wait in it, began: one look is due
        self._sent = 0.0  # when the last request was first sent
        self._known = False  # something was answered
        self._last: tuple[StepRef, Operation, Response] | None = None
        self._silence: NoAnswerError | None = None  # why the request under way has no answer
        self._obstacle = ""  # why the request under way was sent again

    def run(self, judge: Judge | None) -> Finish:
        """Run to the end; an error on the way leaves with the checkpoint to go on from."""
        try:
            finish = self._loop()
        except ProviderError as error:
            error.state, error.status = self.checkpoint(), self.progress.status
            raise
        finish = self._judged(finish, judge)
        self._tell_end(finish)
        return finish

    def checkpoint(self) -> Checkpoint:
        """Return where the run can go on from."""
        return checkpoints.store(self.state, self.progress)

    def _tell_end(self, finish: Finish) -> None:
        if self._on_event is None:
            return
        failure, waited = finish.failure, self.clock.now() - self.progress.started
        step, why = (failure.step, failure.why) if failure else (None, "")
        count = self.progress.polls
        self._on_event(
            Event("finished", step, outputs=finish.outputs, waited=waited, count=count, reason=why)
        )

    def _loop(self) -> Finish:
        effect = self._step()
        while not isinstance(effect, Finish):
            effect = self._call(effect) if isinstance(effect, Call) else self._wait(effect)
        return effect

    def _step(self) -> Effect:
        self.state, effect = self._machine.step(self.state, now=self.clock.now())
        return effect

    def _judged(self, finish: Finish, judge: Judge | None) -> Finish:
        if judge is None or self._last is None:
            return finish
        step, _, response = self._last
        failure = finish.failure
        elsewhere = failure is not None and failure.response is not response
        objection = None if elsewhere else judge(*self._last)
        if objection is None:
            return finish
        if failure is None:
            failure = Failure(step, objection, response, unhandled=True)
        else:
            failure = replace(failure, why=f"{failure.why}: {objection}")
        self.state, finish = self._machine.refuse(self.state, failure)
        return finish

    # Calls

    def _call(self, call: Call) -> Effect:
        """Send a request until its answer can be taken, and return the effect that follows."""
        self._sent = self.clock.now()
        self.progress.reached(call.step, self._sent)
        self._keep()
        attempt = 0
        while True:
            self._look(call, attempt)
            answer = self._answer(call)
            now = self.clock.now()
            following, effect = self._machine.step(self.state, answer, now=now)
            timed_out = call.until is not None and now >= call.until
            is_message = call.operation.action is not None  # it is sent once, and waited for once
            ends = self._deadline is not None or isinstance(answer, NoAnswer)
            done = timed_out or is_message or self._patience.is_used_up(attempt, ends=ends)
            why = None if done else resends.reason(effect, answer)
            if why is None:
                return self._take(call, answer, following, effect)
            if self._silence is not None and not self._silence.may_be_sent_again:
                raise self._silence
            self._back_off(call, answer, attempt, why)
            attempt += 1

    def _look(self, call: Call, attempt: int) -> None:
        """Say that a request goes out, unless the deadline forbids it."""
        if not self._due:
            self._check(call.step)
        self._due = False
        if self._on_event is not None:
            waited = self._waited(call.step)
            self._on_event(Event("calling", call.step, call.operation, waited=waited, count=attempt))

    def _answer(self, call: Call) -> Response | NoAnswer:
        self._silence = None
        if self._channels is not None and call.operation.action is not None:
            return channels.exchange(self._channels, call)
        try:
            response = self._caller.call(call.operation, call.request)
        except NoAnswerError as error:
            if self._is_given_up(error):
                raise
            self._silence = error
            return NoAnswer(str(error))
        self._known = True
        return response

    def _is_given_up(self, error: NoAnswerError) -> bool:
        """Whether no answer came for too long; a poll whose answers cannot be read has until the deadline."""
        if error.is_unreadable and self.progress.polls and self._deadline is not None:
            return False
        patience = self._patience.known if self._known else self._patience.stranger
        return self.clock.now() - self._sent >= patience

    def _take(self, call: Call, answer: Response | NoAnswer, following: State, effect: Effect) -> Effect:
        """Commit an answer: from here on the run cannot fall behind it."""
        depth = len(self.state["frames"]) - 1
        self.state = following
        self._obstacle = ""
        frames = following["frames"]
        outputs = frames[depth]["steps"].get(call.step.step_id, {}) if depth < len(frames) else {}
        reason = effect.reason if isinstance(effect, Wait) else ""
        self.progress.status = reason or flow.named_status(outputs) or self.progress.status
        response = answer if isinstance(answer, Response) else None
        if response is not None:
            self._last = (call.step, call.operation, response)
        if self._on_event is not None:
            waited = self._waited(call.step)
            self._on_event(
                Event("answered", call.step, call.operation, response, outputs, waited=waited, reason=reason)
            )
        self._keep()
        return effect

    def _keep(self) -> None:
        if self._on_state is not None:
            self._on_state(self.checkpoint())

    def _back_off(self, call: Call, answer: Response | NoAnswer, attempt: int, why: str) -> None:
        response = answer if isinstance(answer, Response) else None
        seconds = resends.delay(answer, attempt, self._chance(), self.clock.now())
        self._obstacle = why
        event = partial(Event, "resending", call.step, call.operation, response, count=attempt, reason=why)
        self._pause(event, call.step, seconds, call.until)

    # Waits

    def _wait(self, wait: Wait) -> Effect:
        """Let the time pass that a poll or a retry needs, and return the effect that follows."""
        if wait.kind == "poll":
            self.progress.polls += 1
            if wait.count == 0:
                self.progress.began(wait.step, self._sent)
            seconds = max(self._pace(self._waited(wait.step), self._chance()), wait.seconds or 0.0)
        elif wait.seconds is None:
            seconds = pacing.BACKOFF(wait.count, self._chance())
        else:
            seconds = max(wait.seconds, pacing.LEAST)
        event = partial(Event, "waiting", wait.step, count=wait.count, reason=wait.reason)
        self._pause(event, wait.step, seconds, wait.until)
        return self._step()

    def _pause(self, event: Callable[..., Event], step: StepRef, seconds: float, until: float | None) -> None:
        """Sleep, but neither past the deadline nor past a step's timeout; ``event`` lacks the times."""
        self._check(step)
        now = self.clock.now()
        seconds = pacing.within(pacing.within(seconds, self._deadline, now), until, now)
        if self._on_event is not None:
            self._on_event(event(seconds=seconds, waited=self._waited(step)))
        self.clock.sleep(seconds)
        self._due = True

    def _check(self, step: StepRef) -> None:
        if self._deadline is None or self.clock.now() < self._deadline:
            return
        place = Place(document=step.document, workflow=step.workflow_id, step=step.step_id)
        status = self.progress.status
        raise DeadlineError(
            f"the deadline passed after {self._waited(step):.0f} s in this step",
            place=place,
            reason=self._obstacle or (f"the last status was {status}" if status else ""),
            hint="the run can go on from here",
        )

    def _waited(self, step: StepRef) -> float:
        now = self.clock.now()
        return now - self.progress.reached(step, now)
