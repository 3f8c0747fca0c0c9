"""The stock dynamic provider host (``python -m pulumi.dynamic``) as a process, its methods as coroutines."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from .children import Child
from .errors import EngineError, ProviderError
from .goal import DYNAMIC_PACKAGE
from .provider import CheckFailure, Diff, Result
from .urn import name_of, type_of
from .values import Properties, from_struct, keep_secrets, known, plain, to_struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from google.protobuf import struct_pb2

    from .children import LineSink
    from .project import Project
    from .state import Resource

MAX_MESSAGE = 400 * 1024 * 1024
CHANNEL_OPTIONS = [
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
    # A half-made resource's whole state comes in the trailing metadata, which is bounded at 16 KB otherwise.
    ("grpc.max_metadata_size", MAX_MESSAGE),
    ("grpc.absolute_max_metadata_size", MAX_MESSAGE),
]
_DETAILS = "grpc-status-details-bin"


class DynamicHost:
    """The provider of all ``pulumi-python`` resources.

    The calls carry what the CLI's engine puts into them. As the host knows no secrets, inputs go out in clear
    and outputs become secret again where the input of the same name is.

    Args:
        project: Whose interpreter and folder the host runs with.
        dry_run: Whether nothing must be changed: the host takes no part in a create or update then.
    """

    def __init__(self, project: Project, *, dry_run: bool) -> None:
        self._project = project
        self._dry_run = dry_run
        self._child: Child | None = None
        self._channel: grpc.aio.Channel | None = None
        self._starting: asyncio.Task[provider_pb2_grpc.ResourceProviderStub] | None = None
        self._configured = asyncio.Lock()
        self._is_configured = False

    def start(self, engine_address: str, sink: LineSink) -> None:
        """Start the process; the first call waits for it."""
        self._starting = asyncio.create_task(self._start(engine_address, sink))

    async def _start(self, engine_address: str, sink: LineSink) -> provider_pb2_grpc.ResourceProviderStub:
        project = self._project
        options = {f"PULUMI_RUNTIME_{key.upper()}": str(value) for key, value in project.options.items()}
        environment = os.environ | options | {"PULUMI_PROJECT": project.name, "PULUMI_CONFIG": "{}"}
        command = [project.python, "-u", "-m", "pulumi.dynamic", engine_address]
        self._child = await Child.start(command, folder=project.root, environment=environment)
        port = await self._child.first_line()
        self._child.forward(sink)
        if not port.strip().isdigit():
            await self._child.exited()
            raise EngineError("the dynamic provider host did not start; its output is above")
        self._channel = grpc.aio.insecure_channel(f"127.0.0.1:{int(port)}", options=CHANNEL_OPTIONS)
        return provider_pb2_grpc.ResourceProviderStub(self._channel)

    async def _stub(self) -> provider_pb2_grpc.ResourceProviderStub:
        if self._starting is None:
            raise EngineError("the dynamic provider host was not started")
        return await asyncio.shield(self._starting)

    async def configure(self, urn: str, id_: str, config: Properties) -> None:
        """Hand over the stack's configuration, once.

        Args:
            urn: The provider resource's.
            id_: The provider resource's.
            config: Its inputs: full keys, secrets marked.
        """
        async with self._configured:
            if self._is_configured:
                return
            variables = {f"{DYNAMIC_PACKAGE}:config:{key}": plain(value) for key, value in config.items()}
            request = provider_pb2.ConfigureRequest(
                urn=urn,
                id=id_,
                name=name_of(urn),
                type=type_of(urn),
                variables=variables,
                args=to_struct(config),
                acceptSecrets=True,
                acceptResources=True,
                sends_old_inputs=True,
                sends_old_inputs_to_delete=True,
            )
            await _answer((await self._stub()).Configure(request))
            self._is_configured = True

    async def check(
        self, urn: str, olds: Properties, news: Properties, seed: bytes
    ) -> tuple[Properties, Sequence[CheckFailure]]:
        """See `Provider.check`; unknowns go along in a preview."""
        request = provider_pb2.CheckRequest(
            **_subject(urn), olds=self._struct(olds), news=self._struct(news), randomSeed=seed
        )
        response = await _answer((await self._stub()).Check(request))
        failures = [CheckFailure(failure.property, failure.reason) for failure in response.failures]
        return keep_secrets(from_struct(response.inputs), news), failures

    async def diff(self, old: Resource, inputs: Properties, ignore_changes: Sequence[str]) -> Diff:
        """See `Provider.diff`."""
        request = provider_pb2.DiffRequest(
            **_subject(old.urn),
            id=old.id,
            olds=self._struct(old.outputs),
            news=self._struct(inputs),
            old_inputs=self._struct(old.inputs),
            ignoreChanges=ignore_changes,
        )
        response = await _answer((await self._stub()).Diff(request))
        known_changes = {
            provider_pb2.DiffResponse.DIFF_NONE: False,
            provider_pb2.DiffResponse.DIFF_SOME: True,
        }
        return Diff(
            changes=known_changes.get(response.changes),
            replaces=list(response.replaces),
            changed=list(response.diffs),
            delete_before_replace=response.deleteBeforeReplace,
        )

    async def create(self, new: Resource) -> Result:
        """See `Provider.create`; in a preview the outputs are the inputs."""
        if self._dry_run:
            return Result("", new.inputs)
        request = provider_pb2.CreateRequest(
            **_subject(new.urn),
            properties=self._struct(new.inputs),
            timeout=new.custom_timeouts.get("create", 0),
        )
        result = await _result((await self._stub()).Create(request))
        if not result.id:
            raise ProviderError(f"plugin returned empty resource.ID from create '{new.urn}'")
        return Result(result.id, keep_secrets(result.outputs, new.inputs), init_errors=result.init_errors)

    async def update(self, old: Resource, new: Resource) -> Result:
        """See `Provider.update`; in a preview the outputs are the inputs."""
        if self._dry_run:
            return Result(old.id, new.inputs)
        request = provider_pb2.UpdateRequest(
            **_subject(new.urn),
            id=old.id,
            olds=self._struct(old.outputs),
            news=self._struct(new.inputs),
            old_inputs=self._struct(old.inputs),
            timeout=new.custom_timeouts.get("update", 0),
            ignoreChanges=new.ignore_changes,
        )
        result = await _result((await self._stub()).Update(request))
        return Result(old.id, keep_secrets(result.outputs, new.inputs), init_errors=result.init_errors)

    async def read(self, old: Resource, state: Properties) -> Result:
        """See `Provider.read`."""
        request = provider_pb2.ReadRequest(
            **_subject(old.urn),
            id=old.id,
            properties=self._struct(state),
            inputs=self._struct(old.inputs),
            timeout=old.custom_timeouts.get("read", 0),
        )
        result = await _result((await self._stub()).Read(request))
        inputs = None if result.inputs is None else keep_secrets(result.inputs, old.inputs)
        return Result(result.id, keep_secrets(result.outputs, state), inputs, result.init_errors)

    async def delete(self, old: Resource) -> None:
        """See `Provider.delete`."""
        request = provider_pb2.DeleteRequest(
            **_subject(old.urn),
            id=old.id,
            properties=self._struct(old.outputs),
            old_inputs=self._struct(old.inputs),
            timeout=old.custom_timeouts.get("delete", 0),
        )
        await _answer((await self._stub()).Delete(request))

    async def invoke(self, token: str, arguments: Properties) -> Properties:
        """Call a function of the host.

        Raises:
            ProviderError: It has none of that name, or the function failed.
        """
        request = provider_pb2.InvokeRequest(tok=token, args=self._struct(arguments))
        response = await _answer((await self._stub()).Invoke(request))
        return from_struct(getattr(response, "return"))

    async def cancel(self) -> None:
        """Tell the provider that the user wants to stop; what runs goes on until it ends by itself."""
        if self._starting is not None and self._starting.done() and not self._starting.exception():
            await _answer((await self._stub()).Cancel(empty_pb2.Empty()))

    async def stop(self) -> None:
        """End the process, when no call is under way any more."""
        if self._starting is not None:
            await asyncio.wait([self._starting])
        if self._channel is not None:
            await self._channel.close(None)
        await self.interrupt()

    async def interrupt(self) -> None:
        """Interrupt the process and give it its five seconds; calls that are under way fail."""
        if self._child is not None:
            await self._child.stop()

    def _struct(self, properties: Properties) -> struct_pb2.Struct:
        clear: Properties = plain(properties)
        return to_struct(clear if self._dry_run else known(clear))


def _subject(urn: str) -> Mapping[str, Any]:
    return {"urn": urn, "name": name_of(urn), "type": type_of(urn)}


async def _answer(call: Any) -> Any:
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        raise ProviderError(_status(error).message) from error


async def _result(call: Any) -> Result:
    """A method's result, also that of a resource that is there and not initialised."""
    try:
        response = await call
    except grpc.aio.AioRpcError as error:
        status = _status(error)
        failure = provider_pb2.ErrorResourceInitFailed()
        if not any(detail.Unpack(failure) for detail in status.details):
            raise ProviderError(status.message) from error
        inputs = from_struct(failure.inputs) if failure.HasField("inputs") else None
        return Result(failure.id, from_struct(failure.properties), inputs, list(failure.reasons))
    inputs = None
    if isinstance(response, provider_pb2.ReadResponse) and response.HasField("inputs"):
        inputs = from_struct(response.inputs)
    return Result(getattr(response, "id", ""), from_struct(response.properties), inputs)


def _status(error: grpc.aio.AioRpcError) -> status_pb2.Status:
    """The error's status; one in the trailing metadata overrules the call's own, as in every gRPC client."""
    metadata: Any = error.trailing_metadata() or ()
    for key, value in metadata:
        if key == _DETAILS:
            return status_pb2.Status.FromString(value)
    return status_pb2.Status(message=error.details() or str(error.code()))
