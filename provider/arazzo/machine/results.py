"""How a run ends, as values and as plain JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

from ..protocol import Failure, Finish, Response, ServiceError, StepRef

if TYPE_CHECKING:
    from ..protocol import JSON


class NoAnswer(NamedTuple):
    """What the machine is told where a call brought no answer and is given up; ``why`` is a sentence."""

    why: str


def encode(finish: Finish) -> dict[str, JSON]:
    """Return a run's end as plain JSON."""
    failure = None if finish.failure is None else asdict(finish.failure)
    if failure is not None:
        failure["step"]["via"] = list(failure["step"]["via"])
    return {"outputs": dict(finish.outputs), "failure": failure}


def decode(stored: dict[str, JSON]) -> Finish:
    """Return a run's end from what ``encode`` made."""
    failure = stored["failure"]
    return Finish(stored["outputs"], None if failure is None else _failure(failure))


def _failure(stored: dict[str, JSON]) -> Failure:
    step = StepRef(**{**stored["step"], "via": tuple(stored["step"]["via"])})
    response = stored["response"]
    return Failure(**{**stored, "step": step, "response": None if response is None else _response(response)})


def _response(stored: dict[str, JSON]) -> Response:
    error = stored["error"]
    return Response(**{**stored, "error": None if error is None else ServiceError(**error)})
