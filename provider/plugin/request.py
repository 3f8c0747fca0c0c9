"""What one request of the engine is about: the resource's kind, its part of the schema, and its verbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pulumi.runtime.proto import provider_pb2

from ..aws.settings import default_region
from ..documents.fingerprints import fingerprint
from ..engine import schema
from ..engine.call import stored_inputs
from ..engine.failures import check_failure, cut, grpc_status
from ..kinds.hidden import RESUME, SECRETS
from ..models.shapes import UNKNOWN, Fault
from ..verbs.resource import Resource
from ..verbs.secrets import sealed
from .values import to_plain, to_struct

if TYPE_CHECKING:
    from ..engine.call import EngineCall
    from ..kinds.kind import Kind
    from ..verbs.outcome import UnfinishedError
    from ..verbs.process import Process

PROVIDER: Final = "__provider"
"""What the state of a dynamic resource holds; one that has moved over here sheds it at its first update."""


@dataclass(frozen=True)
class ResourceRequest:
    """What one call is about.

    Attributes:
        kind: What the resource is.
        specs: Its part of the schema.
        process: What the process knows.
        call: The engine's call.
    """

    kind: Kind
    specs: schema.Spec
    process: Process
    call: EngineCall

    @property
    def resource(self) -> Resource:
        """The resource's verbs."""
        return Resource(self.kind, self.process, self.call)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names of all outputs that are not inputs."""
        return tuple(
            map(schema.snake, self.specs["properties"].keys() - self.specs["inputProperties"].keys())
        )

    def old_inputs(self, request: Any) -> dict[str, Any] | None:
        """Return the inputs in the state, where the engine sends them."""
        stored = stored_inputs(request)
        return None if stored is None else in_verbs_spelling(*to_plain(stored), self.specs)

    def completed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return inputs with the schema's defaults, and the fingerprint of a document that they name."""
        specs: Mapping[str, Mapping[str, Any]] = self.specs["inputProperties"]
        defaults = {schema.snake(name): spec["default"] for name, spec in specs.items() if "default" in spec}
        document = values.get("document")
        prints = {}
        if isinstance(document, str) and document != UNKNOWN:
            prints = {"document_hash": fingerprint(Path(document))}
        return {**defaults, **values, **prints}

    def imported(self, resource_id: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return an id and what is held of the resource, as an import or a `get` by id alone gives them.

        A resource that takes several ids to be named is imported by all of them, joined by slashes.
        """
        held = dict(values)
        if held.get("region") is None:
            held["region"] = self.process.configuration.region or default_region(self.process.settings(held))
        ids = resource_id.split("/")
        if len(ids) == len(self.kind.keyed_by) > 1:
            held |= dict(zip(self.kind.keyed_by.values(), ids, strict=True))
            held.pop(self.kind.id_property)
            return ids[-1], held
        return resource_id, held

    def spelt(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return properties as programs spell them."""
        return schema.to_programs(values, self.specs["properties"])

    def wire(self, values: Mapping[str, Any]) -> Any:
        """Return properties for the wire: secrets are marked, what derives from them, and the checkpoint."""
        secrets = {name: (name,) for name in values.get(SECRETS) or ()}
        marked = sealed(values, {**self.kind.derived, **secrets})
        if marked.get(RESUME) is not None:
            marked = {**marked, **sealed({RESUME: marked[RESUME], SECRETS: [RESUME]}, {RESUME: (RESUME,)})}
            marked[SECRETS] = values.get(SECRETS)
        return to_struct(self.spelt(marked))

    def failure(self, fault: Fault, inputs: Mapping[str, Any]) -> Any:
        """Return a fault as the engine tells it, which shows the value of the property that is named."""
        path = schema.path_to_programs(fault.path, self.specs["inputProperties"])
        shown = None if fault.path in (inputs.get(SECRETS) or ()) else inputs.get(fault.path)
        named, reason = check_failure(path, self.call.told(fault.reason), shown)
        return provider_pb2.CheckFailure(property=named, reason=reason)

    def unfinished(self, error: UnfinishedError) -> tuple[str, bytes]:
        """Return how the engine is told that a resource exists and is not finished."""
        reason = cut(self.call.told(str(error)))
        detail = provider_pb2.ErrorResourceInitFailed(
            id=error.made.id, properties=self.wire(error.made.outputs), reasons=[reason]
        )
        failed = grpc_status(reason)
        failed.details.add().Pack(detail)
        return reason, failed.SerializeToString()


def in_verbs_spelling(values: Mapping[str, Any], secrets: list[str], specs: schema.Spec) -> dict[str, Any]:
    """Return properties in the verbs' spelling, with the names of those that hold secrets."""
    known = {**specs["properties"], **specs["inputProperties"]}
    spelt = schema.to_verbs({name: value for name, value in values.items() if name != PROVIDER}, known)
    names = [schema.snake(name) for name in secrets if name != RESUME]
    if names:
        spelt[SECRETS] = names
    return spelt
