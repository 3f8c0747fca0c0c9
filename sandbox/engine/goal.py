"""What the program wants of one resource: a registration, read from the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .errors import EngineError, UnsupportedError
from .urn import is_provider, make_urn, package_of, type_of
from .values import Properties, from_struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi.runtime.proto import alias_pb2, resource_pb2

DYNAMIC_PACKAGE = "pulumi-python"
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name that the resource may have had; parts left empty are the resource's own."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False

    def resolve(self, goal: Goal, stack: str, project: str, former: Mapping[str, str]) -> str:
        """The URN that is meant.

        Args:
            goal: The resource.
            stack: The stack's name.
            project: The project's name.
            former: The URNs that parents had before they were renamed.
        """
        if self.urn:
            return self.urn
        parent = former.get(self.parent, self.parent) if self.parent else goal.parent
        return make_urn(
            self.stack or stack,
            self.project or project,
            "" if self.no_parent else parent,
            self.type or goal.type,
            self.name or goal.name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One resource as the program declares it.

    Attributes:
        read_id: The id of a resource that is read and not managed; empty for one that is managed.
        provider: The provider reference, filled in for custom resources.
        custom_timeouts: Seconds per verb.
    """

    type: str
    name: str
    custom: bool
    parent: str = ""
    read_id: str = ""
    properties: Properties = field(default_factory=dict)
    dependencies: Sequence[str] = ()
    property_dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    provider: str = ""
    protect: bool | None = None
    ignore_changes: Sequence[str] = ()
    replace_on_changes: Sequence[str] = ()
    delete_before_replace: bool | None = None
    additional_secret_outputs: Sequence[str] = ()
    aliases: Sequence[Alias] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=dict)
    retain_on_delete: bool | None = None
    deleted_with: str = ""

    def inherit(self, parent: Goal) -> Goal:
        """Take over from the parent what a child has unless it says otherwise."""
        return replace(
            self,
            protect=parent.protect if self.protect is None else self.protect,
            retain_on_delete=parent.retain_on_delete
            if self.retain_on_delete is None
            else self.retain_on_delete,
            deleted_with=self.deleted_with or parent.deleted_with,
        )


def managed_goal(request: resource_pb2.RegisterResourceRequest) -> Goal:
    """Read a registration.

    Raises:
        UnsupportedError: It asks for what this engine leaves to the CLI.
    """
    _refuse(request)
    properties = from_struct(request.object)
    named = {key: sorted(set(found.urns)) for key, found in request.propertyDependencies.items()}
    return Goal(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        properties=properties,
        dependencies=sorted(set(request.dependencies)),
        property_dependencies=named or {key: sorted(set(request.dependencies)) for key in properties},
        protect=request.protect if request.HasField("protect") else None,
        ignore_changes=list(request.ignoreChanges),
        replace_on_changes=list(request.replaceOnChanges),
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        additional_secret_outputs=list(request.additionalSecretOutputs),
        aliases=[
            *(Alias(urn=urn) for urn in request.aliasURNs),
            *(_alias(alias) for alias in request.aliases),
        ],
        custom_timeouts=_timeouts(request.customTimeouts),
        retain_on_delete=request.retainOnDelete if request.HasField("retainOnDelete") else None,
        deleted_with=request.deletedWith,
    )


def read_goal(request: resource_pb2.ReadResourceRequest) -> Goal:
    """Read the registration of a resource that exists already (``ResourceOptions(id=...)``)."""
    _refuse_package(request.type, request.provider)
    return Goal(
        type=request.type,
        name=request.name,
        custom=True,
        parent=request.parent,
        read_id=request.id,
        properties=from_struct(request.properties),
        dependencies=sorted(set(request.dependencies)),
        additional_secret_outputs=list(request.additionalSecretOutputs),
    )


def _refuse(request: resource_pb2.RegisterResourceRequest) -> None:
    if request.custom or request.remote:
        _refuse_package(request.type, request.provider)
    asked = {
        f"remote components ({request.type})": request.remote,
        "import_ (dynamic providers cannot be imported into either)": request.importId,
        "transforms": request.transforms,
        "state migrations": getattr(request, "state_migrations", None),  # older SDKs have none
        "resource hooks": any(names for _, names in request.hooks.ListFields()),
        "replace_with": request.replace_with,
        "replacement_trigger": request.HasField("replacement_trigger"),
        "parameterized packages": request.packageRef,
    }
    for feature, is_asked in asked.items():
        if is_asked:
            raise UnsupportedError(f"{feature} (resource {request.name!r})")


def _refuse_package(type_: str, provider: str) -> None:
    if type_ == "pulumi:pulumi:StackReference":
        raise UnsupportedError("StackReference")
    if is_provider(type_):
        raise UnsupportedError(f"explicit providers ({type_})")
    if package_of(type_) != DYNAMIC_PACKAGE:
        raise UnsupportedError(f"the package {package_of(type_)!r} (resource type {type_})")
    if provider:
        raise UnsupportedError(f"explicit providers ({type_of(provider)})")


def _alias(alias: alias_pb2.Alias) -> Alias:
    if alias.urn:
        return Alias(urn=alias.urn)
    spec = alias.spec
    return Alias(
        name=spec.name,
        type=spec.type,
        stack=spec.stack,
        project=spec.project,
        parent=spec.parentUrn,
        no_parent=spec.noParent,
    )


def _timeouts(timeouts: resource_pb2.RegisterResourceRequest.CustomTimeouts) -> dict[str, float]:
    texts = {verb: getattr(timeouts, verb) for verb in ("create", "update", "delete", "read")}
    return {verb: _seconds(text) for verb, text in texts.items() if text}


def _seconds(text: str) -> float:
    """A duration like ``1h30m`` or ``90s``, in seconds.

    Raises:
        EngineError: The text is not a duration.
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)", text)
    if "".join(number + unit for number, unit in parts) != text:
        raise EngineError(f"unable to parse customTimeout Value {text}")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)
