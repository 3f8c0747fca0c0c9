"""A stack whose resource is the plugin's: the same engine in its simplest form over the provider protocol.

The servicer is called in this process, on the sandbox's own time; ``tests/plugin`` has it as a process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import grpc
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult
from pulumi.runtime.proto import provider_pb2

from provider.dynamic.host import InitializationFailedError
from provider.engine.log import EngineLog
from provider.engine.schema import schema, to_programs
from provider.errors import ProviderError
from provider.plugin.servicer import Servicer
from tests.faults.stack import Call, Run, Stack
from tests.host.harness import Failure
from tests.plugin.harness import SOME, bag, plain, token

if TYPE_CHECKING:
    from provider.kinds.kind import Kind
    from provider.verbs.process import Process
    from sandbox.aws import ManualClock

Props = Mapping[str, Any]


class AbortedError(grpc.RpcError):
    """A call that the servicer ended with a status, as a client sees it."""

    def __init__(self, code: grpc.StatusCode, text: str, trailers: Any) -> None:
        super().__init__(text)
        self._seen = code, text, trailers

    def code(self) -> grpc.StatusCode:
        return self._seen[0]

    def details(self) -> str:
        return self._seen[1]

    def trailing_metadata(self) -> Any:
        return self._seen[2]


class Context:
    """As much of a gRPC context as the servicer uses."""

    def __init__(self) -> None:
        self._trailers: Any = ()

    def add_callback(self, callback: Callable[[], None]) -> bool:
        del callback  # of a call that is abandoned, as none is here
        return True

    def set_trailing_metadata(self, trailers: Any) -> None:
        self._trailers = trailers

    def abort(self, code: grpc.StatusCode, text: str) -> None:
        raise AbortedError(code, text, self._trailers)


class InProcess(Servicer):
    """The servicer whose calls are those of the stack, with its clock and its cancellation."""

    def __init__(self, process: Process, call: Callable[[], Call]) -> None:
        super().__init__(EngineLog(lambda: None), process=process)
        self._current = call

    def _call(self, request: Any) -> Call:
        del request
        return self._current()


class Face:
    """What the stack calls, with the dynamic face's results: the engine treats both alike."""

    def __init__(self, kind: Kind, process: Process, call: Callable[[], Call], urn: str) -> None:
        self._servicer = InProcess(process, call)
        self._who: dict[str, Any] = {"urn": urn, "name": "it", "type": token(kind.name)}
        self._specs = schema()["resources"][token(kind.name)]["inputProperties"]

    def check(self, olds: Props, news: Props) -> CheckResult:
        program = to_programs(news, self._specs)
        answer = self._ask("Check", provider_pb2.CheckRequest(**self._who, olds=bag(olds), news=bag(program)))
        failures = [CheckFailure(failure.property, failure.reason) for failure in answer.failures]
        return CheckResult(plain(answer.inputs), failures)

    def diff(self, resource_id: str, olds: Props, news: Props) -> DiffResult:
        request = provider_pb2.DiffRequest(**self._who, id=resource_id, olds=bag(olds), news=bag(news))
        answer = self._ask("Diff", request)
        return DiffResult(changes=answer.changes == SOME, replaces=list(answer.replaces))

    def create(self, inputs: Props) -> CreateResult:
        answer = self._ask("Create", provider_pb2.CreateRequest(**self._who, properties=bag(inputs)))
        return CreateResult(answer.id, plain(answer.properties))

    def read(self, resource_id: str, outputs: Props) -> ReadResult:
        request = provider_pb2.ReadRequest(**self._who, id=resource_id, properties=bag(outputs))
        answer = self._ask("Read", request)
        return ReadResult(answer.id, plain(answer.properties), plain(answer.inputs))

    def update(self, resource_id: str, olds: Props, news: Props) -> UpdateResult:
        request = provider_pb2.UpdateRequest(**self._who, id=resource_id, olds=bag(olds), news=bag(news))
        return UpdateResult(plain(self._ask("Update", request).properties))

    def delete(self, resource_id: str, outputs: Props) -> None:
        self._ask("Delete", provider_pb2.DeleteRequest(**self._who, id=resource_id, properties=bag(outputs)))

    def _ask(self, method: str, request: Any) -> Any:
        try:
            return getattr(self._servicer, method)(request, Context())
        except AbortedError as error:
            failure = Failure(error)
            if failure.resource is None:
                raise ProviderError(failure.message) from error
            kept = failure.resource
            raise InitializationFailedError(kept.id, plain(kept.properties), [*kept.reasons]) from error


class PluginRun(Run):
    """One run with a plugin of its own; no program tells it what is stored."""

    def make_face(self, kind: Kind) -> Face:
        return Face(kind, self.process, lambda: self.call, self.urn)

    def settle(self) -> None:
        """Nothing follows the answer."""


class PluginStack(Stack):
    """One resource of the plugin's and its state."""

    def __init__(self, kind: Kind, clock: ManualClock, **more: Any) -> None:
        super().__init__(kind, clock, **more)
        self.run = PluginRun

    def type_token(self, kind: Kind) -> str:
        return token(kind.name)
