"""The dynamic providers that Pulumi stores in the state, by reference: this module's path and class names.

They are persisted in every stack: a name here may be added, never renamed or removed. The classes have no
attributes and pickle to a reference of some 80 characters; all they do is to hand a verb's arguments on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pulumi.dynamic import (
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from .bridge import Bridge

Props = dict[str, Any]


class Provider(ResourceProvider):
    """What all providers here share; each names its kind."""

    serialize_as_secret_always = False
    kind_name: ClassVar[str]

    def configure(self, req: ConfigureRequest) -> None:
        """Take the stack's configuration; no I/O here, the host holds a lock over all providers."""
        from .bridge import configure  # noqa: PLC0415 - only a host gets here

        configure(req.config)

    def check(self, _olds: Props, news: Props) -> CheckResult:
        """Refuse in the preview what AWS would refuse."""
        return self._bridge(news).check(_olds, news)

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Say what changes in place and what replaces."""
        return self._bridge(_news).diff(_id, _olds, _news)

    def create(self, props: Props) -> CreateResult:
        """Make the resource and wait until it can be used."""
        return self._bridge(props).create(props)

    def read(self, id_: str, props: Props) -> ReadResult:
        """Read the resource as it is."""
        return self._bridge(props).read(id_, props)

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Change the resource in place."""
        return self._bridge(_news).update(_id, _olds, _news)

    def delete(self, _id: str, _props: Props) -> None:
        """Delete the resource and wait until it is gone."""
        self._bridge(_props).delete(_id, _props)

    def _kind(self, props: Props) -> Kind:
        from ..kinds.table import KINDS  # noqa: PLC0415 - see configure

        del props  # the row is the same whatever they are
        return KINDS[self.kind_name]

    def _bridge(self, props: Props) -> Bridge:
        from .bridge import Bridge  # noqa: PLC0415 - see configure

        return Bridge(self._kind(props))


class HealthImagingDatastore(Provider):
    """An AWS HealthImaging data store."""

    kind_name = "HealthImagingDatastore"


class HealthLakeDatastore(Provider):
    """An AWS HealthLake FHIR data store, with its export where one is asked for."""

    kind_name = "HealthLakeDatastore"


class HealthLakeExport(Provider):
    """An export of an existing AWS HealthLake FHIR data store."""

    kind_name = "HealthLakeExport"


class ArazzoWorkflow(Provider):
    """Whatever the workflows of a document make."""

    kind_name = "ArazzoWorkflow"

    def _kind(self, props: Props) -> Kind:
        from ..kinds.workflow import workflow_kind  # noqa: PLC0415 - see configure

        return workflow_kind(props)
