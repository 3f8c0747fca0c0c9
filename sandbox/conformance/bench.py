"""What a probe works with: calls whose refusals are answers, waits whose way is kept, notes of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from botocore import xform_name
from botocore.exceptions import ClientError

from ..aws import IMAGING, LAKE
from ..errors import AccountError
from .account import PAUSES, TAG
from .target import Target

Facts = dict[str, Any]
"""What was observed for one belief: plain JSON values."""

LONGEST: Final = 3 * 3600.0

LAG: Final = 10.0
"""Seconds by which reads may lag behind writes: so long is waited before a state is taken for the new one."""

_LONGEST_PAUSE: Final = 5.0
"""Seconds; what has taken long already is asked for more rarely."""

_FRACTION: Final = 20
_OK: Final = "OK"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        status: The HTTP status.
        code: The error code, or ``OK``.
        message: AWS's message, or an empty string.
        body: The output members; empty for an error.
    """

    status: int
    code: str = _OK
    message: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the request was carried out."""
        return self.code == _OK

    @property
    def facts(self) -> Facts:
        """Return what is noted of it."""
        return {
            "status": self.status,
            "code": self.code,
            **({"message": self.message} if self.message else {}),
        }


@dataclass(frozen=True, slots=True)
class Passage:
    """The states that a resource went through, and when each was first seen, in seconds from the start."""

    states: tuple[str, ...]
    times: tuple[float, ...]

    @property
    def facts(self) -> Facts:
        """Return what is noted of it; ``seconds`` is when the last state was reached."""
        return {
            "states": list(self.states),
            "times": [round(time, 1) for time in self.times],
            "seconds": round(self.times[-1], 1),
        }


@dataclass
class Bench:
    """What a probe works with.

    Attributes:
        target: Where the requests go.
        notes: What was observed so far, by belief.
        made: The ids of the stores that were made, by service.
    """

    target: Target
    notes: dict[str, Facts] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)

    def note(self, belief: str, reply: Reply | Passage | None = None, **facts: Any) -> None:
        """Keep what was observed for a belief."""
        self.notes[belief] = {**(reply.facts if reply else {}), **facts}

    def call(self, service: str, operation: str, *, hasty: bool = False, **parameters: Any) -> Reply:
        """Send a request; throttling is waited out, unless it is ``hasty``.

        Raises:
            botocore.exceptions.BotoCoreError: No answer came.
        """
        client = self.target.hasty(service) if hasty else self.target.account.client(service)
        try:
            body = getattr(client, xform_name(operation))(**parameters)
        except ClientError as error:
            told = error.response.get("Error", {})
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            return Reply(status, told.get("Code", ""), told.get("Message", ""))
        return Reply(body.pop("ResponseMetadata")["HTTPStatusCode"], body=body)

    def lacking(self, *actions: str) -> Bench:
        """Return a bench whose caller may do everything but some actions; it needs the role."""
        return self.allowed({"Effect": "Allow", "NotAction": list(actions), "Resource": "*"})

    def allowed(self, *statements: Mapping[str, Any]) -> Bench:
        """Return a bench whose caller may do what the statements of an IAM policy say; it needs the role."""
        caller = self.target.narrowed({"Version": "2012-10-17", "Statement": [*statements]})
        account = replace(self.target.account, client=caller)
        return replace(self, target=replace(self.target, account=account))

    def create(self, service: str, *, hasty: bool = False, **parameters: Any) -> Reply:
        """Create a store that carries the run's tag, and remember it."""
        run = self.target.account.run or ""
        if service == LAKE:
            tags = [{"Key": TAG, "Value": run}, *parameters.pop("Tags", [])]
            given = {"DatastoreTypeVersion": "R4", **parameters, "Tags": tags}
            reply = self.call(service, "CreateFHIRDatastore", hasty=hasty, **given)
        else:
            tagged = {TAG: run, **parameters.pop("tags", {})}
            reply = self.call(service, "CreateDatastore", hasty=hasty, **parameters, tags=tagged)
        if reply.ok:
            self.made[reply.body["DatastoreId" if service == LAKE else "datastoreId"]] = service
        return reply

    def describe(self, service: str, datastore_id: str) -> Reply:
        """Read a store; the body is its properties."""
        if service == LAKE:
            reply = self.call(LAKE, "DescribeFHIRDatastore", DatastoreId=datastore_id)
            return Reply(reply.status, reply.code, reply.message, reply.body.get("DatastoreProperties", {}))
        reply = self.call(IMAGING, "GetDatastore", datastoreId=datastore_id)
        return Reply(reply.status, reply.code, reply.message, reply.body.get("datastoreProperties", {}))

    def state(self, service: str, datastore_id: str) -> str:
        """Return a store's status, or the code by which AWS refuses to tell it."""
        reply = self.describe(service, datastore_id)
        name = "DatastoreStatus" if service == LAKE else "datastoreStatus"
        return str(reply.body[name]) if reply.ok else reply.code

    def delete(self, service: str, datastore_id: str, *, hasty: bool = False) -> Reply:
        """Ask for a store's deletion."""
        if service == LAKE:
            return self.call(LAKE, "DeleteFHIRDatastore", hasty=hasty, DatastoreId=datastore_id)
        return self.call(IMAGING, "DeleteDatastore", hasty=hasty, datastoreId=datastore_id)

    def watch(self, state: Callable[[], str], *until: str) -> Passage:
        """Ask for a state again and again until it is one of some.

        Raises:
            AccountError: It never came to that.
        """
        account = self.target.account
        start, pause = account.now(), PAUSES[0]
        seen: list[tuple[str, float]] = []
        while True:
            found, after = state(), account.now() - start
            if not seen or seen[-1][0] != found:
                seen.append((found, after))
            if found in until:
                return Passage(tuple(name for name, _ in seen), tuple(time for _, time in seen))
            if after > LONGEST:
                raise AccountError(f"still {found} after {LONGEST:g} s, and not {' or '.join(until)}")
            account.sleep(pause)
            pause = min(2 * pause, max(_LONGEST_PAUSE, after / _FRACTION))

    def watch_store(self, service: str, datastore_id: str, *until: str) -> Passage:
        """Watch a store's status."""
        return self.watch(lambda: self.state(service, datastore_id), *until)
