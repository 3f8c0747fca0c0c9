"""The two services that a program speaks to: `ResourceMonitor` takes its resources, `Engine` its messages."""
# ruff: noqa: N802, ARG002  the names and signatures are gRPC's

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, resource_pb2, resource_pb2_grpc

from .errors import EngineError, StoppedError, UnsupportedError
from .events import Message, Severity
from .goal import DYNAMIC_PACKAGE, managed_goal, read_goal
from .host import CHANNEL_OPTIONS
from .project import ORGANIZATION
from .urn import package_of
from .values import from_struct, to_struct

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from pulumi.runtime.proto import callback_pb2

    from .deployment import Deployment
    from .events import Reporter
    from .project import Project
    from .state import Resource
    from .values import Properties

Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Answer = TypeVar("Answer")

FEATURES = (
    "SECRETS",
    "RESOURCE_REFERENCES",
    "ALIAS_SPECS",
    "DELETED_WITH",
    # What follows is refused by name when it is used; the SDK would refuse it without saying where it works.
    "REPLACE_WITH",
    "TRANSFORMS",
    "INVOKE_TRANSFORMS",
    "PARAMETERIZATION",
    "RESOURCE_HOOKS",
    "ERROR_HOOKS",
    "STATE_MIGRATIONS",
)
_KNOWN_TO_SDK = [
    value
    for name, value in resource_pb2.ResourceMonitorFeature.items()
    if name.removeprefix("RESOURCE_MONITOR_FEATURE_") in FEATURES
]
_SEVERITIES = {
    engine_pb2.INFO: Severity.INFO,
    engine_pb2.WARNING: Severity.WARNING,
    engine_pb2.ERROR: Severity.ERROR,
}


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Hands registrations to the deployment and answers with the resources' states.

    Attributes:
        finished: Set when the program has said that nothing more will come.
        released: Set when the program may end.
    """

    def __init__(self, project: Project, deployment: Deployment, *, parallel: int, dry_run: bool) -> None:
        self._project = project
        self._deployment = deployment
        self._parallel = parallel
        self._dry_run = dry_run
        self.finished = asyncio.Event()
        self.released = asyncio.Event()

    async def GetDeploymentInfo(
        self, request: empty_pb2.Empty, context: Context
    ) -> resource_pb2.DeploymentInfo:
        """What run this is."""
        return resource_pb2.DeploymentInfo(
            project=self._project.name,
            stack=self._project.stack,
            organization=ORGANIZATION,
            config=self._project.config,
            configSecretKeys=sorted(self._project.secret_keys),
            dryRun=self._dry_run,
            parallel=self._parallel,
            supportedFeatures=_KNOWN_TO_SDK,
        )

    async def SupportsFeature(
        self, request: resource_pb2.SupportsFeatureRequest, context: Context
    ) -> resource_pb2.SupportsFeatureResponse:
        """Whether the monitor knows a feature, by the name that older SDKs ask for."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=_constant(request.id) in FEATURES)

    async def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest, context: Context
    ) -> resource_pb2.RegisterResourceResponse:
        """Take a resource, and answer when it is what the program wants."""
        resource = await _answered(context, self._register(request))
        outputs = resource.outputs if request.custom else {}
        return resource_pb2.RegisterResourceResponse(
            urn=resource.urn, id=resource.id, object=to_struct(outputs)
        )

    async def _register(self, request: resource_pb2.RegisterResourceRequest) -> Resource:
        goal = managed_goal(request)
        return await self._deployment.register(goal)

    async def ReadResource(
        self, request: resource_pb2.ReadResourceRequest, context: Context
    ) -> resource_pb2.ReadResourceResponse:
        """Look up a resource that the program does not manage."""
        resource = await _answered(context, self._read(request))
        return resource_pb2.ReadResourceResponse(urn=resource.urn, properties=to_struct(resource.outputs))

    async def _read(self, request: resource_pb2.ReadResourceRequest) -> Resource:
        goal = read_goal(request)
        return await self._deployment.register(goal)

    async def RegisterResourceOutputs(
        self, request: resource_pb2.RegisterResourceOutputsRequest, context: Context
    ) -> empty_pb2.Empty:
        """Take the outputs of a component or of the stack."""
        await _answered(context, self._register_outputs(request))
        return empty_pb2.Empty()

    async def _register_outputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> None:
        self._deployment.register_outputs(request.urn, from_struct(request.outputs))

    async def SignalAndWaitForShutdown(self, request: empty_pb2.Empty, context: Context) -> empty_pb2.Empty:
        """Hear that nothing more will come; the program waits here until the deletions are done."""
        self.finished.set()
        await self.released.wait()
        return empty_pb2.Empty()

    async def Invoke(
        self, request: resource_pb2.ResourceInvokeRequest, context: Context
    ) -> resource_pb2.ResourceInvokeResponse:
        """Call a function of the dynamic package; those of other packages are not there."""
        if package_of(request.tok) != DYNAMIC_PACKAGE:
            await _refuse(context, f"provider functions ({request.tok})")
        returned = await _answered(context, self._invoke(request))
        answer: dict[str, Any] = {"return": to_struct(returned)}  # a keyword of Python
        return resource_pb2.ResourceInvokeResponse(**answer)

    async def _invoke(self, request: resource_pb2.ResourceInvokeRequest) -> Properties:
        return await self._deployment.invoke(request.tok, from_struct(request.args))

    async def Call(self, request: resource_pb2.ResourceCallRequest, context: Context) -> NoReturn:
        """Methods belong to packages."""
        await _refuse(context, f"resource methods ({request.tok})")

    async def RegisterStackTransform(self, request: callback_pb2.Callback, context: Context) -> NoReturn:
        """Transforms would call back into the program."""
        await _refuse(context, "stack transforms")

    async def RegisterStackInvokeTransform(
        self, request: callback_pb2.Callback, context: Context
    ) -> NoReturn:
        """Transforms would call back into the program."""
        await _refuse(context, "invoke transforms")

    async def RegisterResourceHook(
        self, request: resource_pb2.RegisterResourceHookRequest, context: Context
    ) -> NoReturn:
        """Hooks would call back into the program."""
        await _refuse(context, f"resource hooks ({request.name})")

    async def RegisterErrorHook(
        self, request: resource_pb2.RegisterErrorHookRequest, context: Context
    ) -> NoReturn:
        """Hooks would call back into the program."""
        await _refuse(context, f"error hooks ({request.name})")

    async def RegisterPackage(
        self, request: resource_pb2.RegisterPackageRequest, context: Context
    ) -> NoReturn:
        """Only the dynamic package is there."""
        await _refuse(context, f"the package {request.name!r}")


class EngineService(engine_pb2_grpc.EngineServicer):
    """Takes messages from the program and from the provider host."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._root = ""

    async def Log(self, request: engine_pb2.LogRequest, context: Context) -> empty_pb2.Empty:
        """Show a message or, where it is ephemeral, a status; what is for debugging is not shown."""
        severity = _SEVERITIES.get(request.severity)
        if severity is not None:
            self._reporter.tell(Message(severity, request.message, request.urn, ephemeral=request.ephemeral))
        return empty_pb2.Empty()

    async def GetRootResource(
        self, request: engine_pb2.GetRootResourceRequest, context: Context
    ) -> engine_pb2.GetRootResourceResponse:
        """The stack's URN."""
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    async def SetRootResource(
        self, request: engine_pb2.SetRootResourceRequest, context: Context
    ) -> engine_pb2.SetRootResourceResponse:
        """Note the stack's URN."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    async def StartDebugging(self, request: engine_pb2.StartDebuggingRequest, context: Context) -> NoReturn:
        """A debugger needs the CLI's display."""
        await _refuse(context, "debuggers")

    async def RequirePulumiVersion(
        self, request: engine_pb2.RequirePulumiVersionRequest, context: Context
    ) -> NoReturn:
        """This is not a version of Pulumi's."""
        await _refuse(context, f"requiring a version of the CLI ({request.pulumi_version_range})")


async def serve_engine(service: EngineService) -> tuple[grpc.aio.Server, str]:
    """Serve the engine on a free local port; returns the server and its address."""
    server = grpc.aio.server(options=CHANNEL_OPTIONS)
    engine_pb2_grpc.add_EngineServicer_to_server(service, server)
    return server, await _listen(server)


async def serve_monitor(monitor: Monitor) -> tuple[grpc.aio.Server, str]:
    """Serve a resource monitor on a free local port; returns the server and its address."""
    server = grpc.aio.server(options=CHANNEL_OPTIONS)
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    return server, await _listen(server)


async def _listen(server: grpc.aio.Server) -> str:
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    return address


async def _answered(context: Context, work: Awaitable[Answer]) -> Answer:
    """Do the work; what goes wrong becomes the status that the SDK understands.

    A run that has stopped gives no answer: the program is about to be ended, and has nothing to say about it.
    """
    try:
        return await work
    except StoppedError:
        await asyncio.Event().wait()
    except EngineError as error:
        await context.abort(grpc.StatusCode.UNKNOWN, str(error))
    raise AssertionError("abort raises")


async def _refuse(context: Context, feature: str) -> NoReturn:
    await context.abort(grpc.StatusCode.UNIMPLEMENTED, str(UnsupportedError(feature)))
    raise AssertionError("abort raises")


def _constant(feature: str) -> str:
    """A feature's constant for its older name: ``aliasSpecs`` is ``ALIAS_SPECS``."""
    return re.sub("(?=[A-Z])", "_", feature).upper()
