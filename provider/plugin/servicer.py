"""Pulumi's provider protocol (``pulumi/provider.proto``), answered with the verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from ..aws import configuration
from ..engine import schema
from ..engine.call import Autonaming, EngineCall
from ..engine.cancellation import CANCELLED_BY_ENGINE, ENGINE_GONE, Cancellations
from ..engine.failures import TRAILER, cut
from ..engine.log import EngineLog
from ..engine.run_record import RunRecord
from ..engine.schema import PACKAGE
from ..errors import ConfigurationError, ProviderError
from ..kinds.table import KINDS
from ..kinds.workflow import workflow_kind
from ..models.shapes import UNKNOWN
from ..nearest import did_you_mean
from ..verbs import preview
from ..verbs.holders import Holders
from ..verbs.outcome import UnfinishedError
from ..verbs.process import Process
from ..verbs.secrets import texts
from .differences import detailed
from .request import PROVIDER, ResourceRequest, in_verbs_spelling
from .values import to_plain
from .version import version
from .wording import worded

if TYPE_CHECKING:
    from ..verbs.read import Found

_REPORT: Final = "set PULUMI_HEALTH_DEBUG=1 to see where, and report it"
_MODES: Final[tuple[Literal["propose", "enforce", "disable"], ...]] = ("propose", "enforce", "disable")
_NOT_HERE: Final = ("Parameterize", "Call", "Construct", "GetMapping", "GetMappings", "List")


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """The provider as the engine speaks to it.

    Args:
        log: Where messages go.
        cancellations: What Cancel sets.
        process: What the process knows of the stack and of AWS.
    """

    def __init__(
        self, log: EngineLog, cancellations: Cancellations | None = None, process: Process | None = None
    ) -> None:
        self._log = log
        self._cancellations = cancellations or Cancellations()
        self._process = process or self._new_process()
        for name in _NOT_HERE:
            setattr(self, name, _unimplemented(name))

    def _new_process(self) -> Process:
        return Process(holders=Holders(RunRecord(self._log.address)))

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's
        """Settle what both sides can do."""
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=False, accept_outputs=False,
            supports_autonaming_configuration=True,
        )  # fmt: skip

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Serve another engine's run from now on; whoever debugs lets one process serve several."""
        self._log.attach(request.address)
        self._cancellations.renew()
        self._process = self._new_process()
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Return the version."""
        return plugin_pb2.PluginInfo(version=version())

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Return the package's schema."""
        return provider_pb2.GetSchemaResponse(schema=schema.text())

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Refuse a configuration that is malformed, or has keys that are none of the package's."""
        values, _ = to_plain(request.news)
        failures = [
            provider_pb2.CheckFailure(property=name, reason=f"is not a property of the provider{near}")
            for name, near in _unknown_names(values, schema.schema()["provider"]["inputProperties"])
        ]
        try:
            configuration.read_configuration(_getter(values))
        except ConfigurationError as error:
            failures.append(provider_pb2.CheckFailure(reason=worded(str(error), {})))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Say that no change of the configuration replaces: each resource's inputs hold its region."""
        changed = request.olds != request.news
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        )

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Take the configuration."""
        values, _ = to_plain(request.args)
        self._process.get = _getter(values)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=False, acceptOutputs=False,
            supports_autonaming_configuration=True,
        )  # fmt: skip

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Refuse in the preview what AWS would refuse."""
        with self._asked(request, context, request.olds, request.news) as (asked, before, values):
            misspelt = list(_unknown_names(values, asked.specs["inputProperties"]))
            checked = asked.resource.check(before, asked.completed(values))
            failures = [
                provider_pb2.CheckFailure(reason=f"{name}: is not a property of {asked.kind.name}{near}")
                for name, near in misspelt
            ]
            failures += [asked.failure(fault, checked.inputs) for fault in checked.faults]
            inputs = {name: value for name, value in checked.inputs.items() if name not in dict(misspelt)}
            return provider_pb2.CheckResponse(inputs=asked.wire(inputs), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say what changes in place and what replaces, by property path."""
        with self._asked(request, context, request.olds, request.news) as (asked, before, values):
            found = asked.resource.diff(request.id, before, values, asked.old_inputs(request))
            paths: dict[str, Any] = {}
            for name in (*found.replaces, *found.updates):
                paths |= detailed(
                    schema.camel(name),
                    asked.spelt(before).get(schema.camel(name)),
                    asked.spelt(values).get(schema.camel(name)),
                    replaces=name in found.replaces,
                )
            some = found.any or PROVIDER in request.olds.fields
            kinds = provider_pb2.DiffResponse
            return provider_pb2.DiffResponse(
                changes=kinds.DIFF_SOME if some else kinds.DIFF_NONE,
                replaces=[schema.camel(name) for name in found.replaces],
                diffs=[schema.camel(name) for name in (*found.replaces, *found.updates)],
                detailedDiff=paths,
                hasDetailedDiff=bool(paths),
            )

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Make the resource and wait until it can be used; in a preview, say which outputs are known."""
        with self._asked(request, context, request.properties) as (asked, values):
            if request.preview:
                known = preview.created(asked.kind, values, asked.output_names)
                return provider_pb2.CreateResponse(properties=asked.wire(known))
            made = asked.resource.create(values)
            return provider_pb2.CreateResponse(id=made.id, properties=asked.wire(made.outputs))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Read the resource as it is: on a refresh, an import, or a `get`."""
        with self._asked(request, context, request.properties) as (asked, values):
            resource_id, held = asked.imported(request.id, values)
            found: Found | None = asked.resource.read(resource_id, held, asked.old_inputs(request))
            if found is None:
                return provider_pb2.ReadResponse()
            inputs = {"region": held.get("region"), **found.inputs}
            return provider_pb2.ReadResponse(
                id=resource_id,
                properties=asked.wire({**inputs, **found.outputs}),
                inputs=asked.wire(inputs),
            )

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Change the resource in place."""
        with self._asked(request, context, request.olds, request.news) as (asked, before, values):
            if request.preview:
                known = preview.updated(asked.kind, before, values)
                return provider_pb2.UpdateResponse(properties=asked.wire(known))
            made = asked.resource.update(request.id, before, values)
            return provider_pb2.UpdateResponse(properties=asked.wire(made.outputs))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Delete the resource and wait until it is gone."""
        with self._asked(request, context, request.properties) as (asked, values):
            asked.resource.delete(request.id, values)
            return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Read an existing resource for a function."""
        name = request.tok.rpartition(":")[2].removeprefix("get")
        if name not in KINDS:
            _abort(context, f"{PACKAGE} has no function {request.tok}")
        with self._asked(request, context, request.args, kind_name=name) as (asked, values):
            ids = [str(values[key]) for key in asked.kind.keyed_by.values() if values.get(key) is not None]
            resource_id, held = asked.imported("/".join(ids), {"region": values.get("region")})
            found = asked.resource.read(resource_id, held)
            assert found is not None  # noqa: S101 - a read by an id alone raises
            outputs = {name: value for name, value in found.outputs.items() if not name.startswith("__")}
            return provider_pb2.InvokeResponse(**{"return": asked.wire(outputs)})

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """End all waits."""
        self._cancellations.cancel(CANCELLED_BY_ENGINE)
        return empty_pb2.Empty()

    @contextmanager
    def _asked(
        self, request: Any, context: Any, *structs: Any, kind_name: str = ""
    ) -> Iterator[tuple[Any, ...]]:
        """Yield what was asked for and the properties in the verbs' spelling; tell failures to the engine.

        The last of the properties are the current ones: their secrets are the resource's.
        """
        read = [to_plain(struct) for struct in structs]
        name = kind_name or _type(request).rpartition(":")[2]
        specs = schema.schema()["resources"][f"{PACKAGE}:index:{name}"]
        spelt = [in_verbs_spelling(values, secrets, specs) for values, secrets in read]
        shown = {**specs["properties"], **specs["inputProperties"]}
        call = replace(self._call(request), hidden=texts(*spelt), wording=partial(worded, specs=shown))
        kind = KINDS[name] if name in KINDS else workflow_kind(spelt[-1])
        asked = ResourceRequest(kind, specs, self._process, call)
        stop = _cancel_when_abandoned(context, call)
        failure: tuple[str, bytes | None] | None = None
        try:
            yield (asked, *spelt)
        except UnfinishedError as error:
            failure = asked.unfinished(error)
        except ProviderError as error:
            failure = cut(call.told(str(error))), None
        except Exception as error:  # noqa: BLE001 - whatever it is, the user gets one line
            text = f"the provider itself failed: {type(error).__name__}: {error}; {_REPORT}"
            failure = cut(call.told(text)), None
        finally:
            stop()
        if failure is not None:
            _abort(context, *failure)

    def _call(self, request: Any) -> EngineCall:
        urn = str(getattr(request, "urn", ""))
        return EngineCall(
            log=self._log,
            urn=urn,
            name=getattr(request, "name", "") or urn.rpartition("::")[2] or None,
            timeout=float(getattr(request, "timeout", 0.0)) or None,
            random_seed=bytes(getattr(request, "randomSeed", b"")) or None,
            autonaming=_autonaming(request),
            cancellation=self._cancellations.new(),
        )


def _type(request: Any) -> str:
    """Return the resource's own type token: of the URN, the last of its types."""
    return str(request.urn).split("::")[2].rpartition("$")[2]


def _unknown_names(values: Mapping[str, Any], specs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the names that the schema does not have, each with the nearest one that it has."""
    allowed = {*specs, *map(schema.snake, specs), "version", "pluginDownloadURL"}
    for name in values:
        if not name.startswith("__") and name not in allowed:
            hint = did_you_mean(schema.camel(name), list(specs))
            yield name, f"; {hint}" if hint else f"; it has {', '.join(sorted(specs))}"


def _getter(values: Mapping[str, Any]) -> Callable[[str], Any]:
    """Return what reads the configuration under the names of Pulumi's AWS providers."""
    known = {name: value for name, value in values.items() if value != UNKNOWN}
    return lambda key: known.get(key.removeprefix("aws:"))


def _autonaming(request: Any) -> Autonaming | None:
    if "autonaming" not in request.DESCRIPTOR.fields_by_name or not request.HasField("autonaming"):
        return None
    return Autonaming(request.autonaming.proposed_name, _MODES[request.autonaming.mode])


def _cancel_when_abandoned(context: Any, call: EngineCall) -> Callable[[], None]:
    """Cancel a call that ends before its answer (the engine was killed); return what says it is answered."""
    answered: list[bool] = []

    def ended() -> None:
        if not answered:
            call.cancellation.cancel(ENGINE_GONE)

    context.add_callback(ended)
    return lambda: answered.append(True)


def _abort(context: Any, message: str, details: bytes | None = None) -> NoReturn:
    if details is not None:
        context.set_trailing_metadata(((TRAILER, details),))
    context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError  # abort always raises


def _unimplemented(name: str) -> Callable[[Any, Any], None]:
    def refuse(request: Any, context: Any) -> None:
        del request
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{PACKAGE} does not implement {name}")

    return refuse
