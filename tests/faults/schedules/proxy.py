"""What stands between boto3 and the account: it drops, delays, doubles, cuts and falsifies what passes.

It knows no transport: ``transport.Wire`` takes it into this process, ``relay`` puts it on a port.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from sandbox.aws.gateway import Outcome
from sandbox.aws.wire import Answer

Forward = Callable[[], Outcome]
Hook = Callable[[str, str], None]
"""Told of each operation, ``before`` it is carried out and ``after`` that; it may raise."""

HUGE: Final = 3_000_000
"""Characters in an error that no gateway of AWS's would send, and gRPC would not pass on."""

_PAGE: Final = b"<html><body>Sign in to the guest network to go on.</body></html>"
_STATUS: Final = re.compile(rb'(Status"\s*:\s*")(ACTIVE|CREATING|UPDATING|SUBMITTED|IN_PROGRESS)"')


def _error(answer: Answer, status: int, code: str, message: str) -> Answer:
    body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    return replace(answer, status=status, body=body, headers={**answer.headers, "x-amzn-ErrorType": code})


LIES: Final[dict[str, Callable[[Answer], Answer]]] = {
    "page": lambda answer: replace(answer, status=200, body=_PAGE, headers={"Content-Type": "text/html"}),
    "empty": lambda answer: replace(answer, body=b""),
    "list": lambda answer: replace(answer, body=b"[]"),
    "cut": lambda answer: replace(answer, body=answer.body[: len(answer.body) // 2]),
    "status": lambda answer: replace(answer, body=_STATUS.sub(rb'\1VERIFYING"', answer.body)),
    "500": lambda answer: _error(answer, 500, "InternalServerException", "Internal failure"),
    "huge": lambda answer: _error(answer, 500, "InternalServerException", "x" * HUGE),
}
"""How an answer is falsified, once the work is done."""

TROUBLES: Final = (*LIES, "reset", "lose", "twice", "delay")
"""All that can happen to a request.

reset: The connection breaks before the work is done.
lose: It breaks after that.
twice: The work is done twice, and the second answer counts.
delay: The answer comes a while later.
"""


@dataclass
class Trouble:
    """What is to happen to some requests.

    Attributes:
        operation: Which operation's.
        how: One of ``TROUBLES``.
        calls: Which of them from now on, counted from 1; None for all.
        seen: How many came.
    """

    operation: str
    how: str
    calls: list[int] | None
    seen: int = 0

    def strikes(self, operation: str) -> bool:
        """Whether it happens to this request, which counts."""
        if operation != self.operation:
            return False
        self.seen += 1
        return self.calls is None or self.seen in self.calls


@dataclass
class Proxy:
    """Passes requests on, or not quite.

    Attributes:
        wait: Lets the time of a delay pass.
        hook: Told of each request.
        troubles: What is to happen.
    """

    wait: Callable[[float], None]
    hook: Hook = lambda _operation, _moment: None
    troubles: list[Trouble] = field(default_factory=list)

    def carry(self, operation: str, forward: Forward) -> Outcome:
        """Carry one request there, and its answer back."""
        self.hook(operation, "before")
        struck = [trouble for trouble in self.troubles if trouble.strikes(operation)]
        outcome = self._carried(struck[0].how if struck else "", forward)
        self.hook(operation, "after")
        return outcome

    def _carried(self, how: str, forward: Forward) -> Outcome:
        if how == "reset":
            return Outcome(None, fault="reset")
        outcome = forward()
        if how == "twice":
            outcome = forward()
        if how == "delay":
            self.wait(20.0)
        if how == "lose":
            return Outcome(None, fault="lose")
        if how in LIES and outcome.answer is not None:
            return replace(outcome, answer=LIES[how](outcome.answer))
        return outcome
