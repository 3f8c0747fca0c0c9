"""Programs that are edited between runs: what they declare, and how they are written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from provider.kinds.row import Row
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE
from sandbox.aws import IMAGING, LAKE
from tests.faults.scenes import DISK, EXPORT
from tests.foreign.rows import SERVICE, VOLUME

Props = dict[str, Any]

KEYS: Final = tuple(
    f"arn:aws:kms:us-east-1:123456789012:key/{n * 8}-12ab-34cd-56ef-1234567890ab" for n in "12"
)
TAGS: Final = (None, {"team": "a"}, {"team": "b"}, {"team": "b", "old": "1"})


@dataclass(frozen=True)
class Sort:
    """One sort of resources that programs declare.

    Attributes:
        kind: The table's row.
        service: What the sandbox calls its service.
        props: What such a resource has at least.
        replacing: Properties a change of which replaces, with values.
        updating: Properties that change in place, with values.
        create: What the sandbox takes to make one of somebody else's.
        operations: What is asked of AWS for it.
    """

    kind: Row
    service: str
    props: Props
    replacing: Mapping[str, tuple[Any, ...]]
    updating: Mapping[str, tuple[Any, ...]]
    create: Mapping[str, Any]
    operations: tuple[str, ...]


SORTS: Final[dict[str, Sort]] = {
    "HealthImagingDatastore": Sort(
        HEALTH_IMAGING_DATASTORE,
        IMAGING,
        {},
        {"kms_key_arn": (None, *KEYS)},
        {"tags": TAGS},
        {"datastoreName": "others"},
        (
            *("ListDatastores", "CreateDatastore", "GetDatastore", "DeleteDatastore"),
            *("ListTagsForResource", "TagResource", "UntagResource"),
        ),
    ),
    "HealthLakeDatastore": Sort(
        HEALTHLAKE_DATASTORE,
        LAKE,
        {"datastore_type_version": "R4"},
        {"preload_data_type": (None, "SYNTHEA")},
        {
            "tags": TAGS,
            "nlp_configuration": (None, {"status": "ENABLED"}, {"status": "DISABLED"}),
            "export": (None, *({**EXPORT, "output_s3_uri": f"s3://exports/{n}"} for n in "12")),
        },
        {"DatastoreName": "others", "DatastoreTypeVersion": "R4"},
        (
            *("ListFHIRDatastores", "CreateFHIRDatastore", "DescribeFHIRDatastore", "DeleteFHIRDatastore"),
            *("ListTagsForResource", "TagResource", "UntagResource", "UpdateFHIRDatastore"),
            *("StartFHIRExportJob", "DescribeFHIRExportJob", "ListFHIRExportJobs"),
        ),
    ),
    "Volume": Sort(
        VOLUME,
        SERVICE,
        {key: value for key, value in DISK.items() if key != "tags"},
        {"encrypted": (None, True)},
        {"tags": TAGS, "volume_type": (None, "gp2", "gp3"), "size": (8, 16)},
        {"AvailabilityZone": "us-east-1a", "Size": 1},
        (
            *("DescribeVolumes", "CreateVolume", "DescribeTags", "DeleteVolume"),
            *("CreateTags", "DeleteTags", "ModifyVolume", "DescribeVolumesModifications"),
        ),
    ),
}

STOCK: Final = ("HealthImagingDatastore", "HealthLakeDatastore")
FOREIGN: Final = ("HealthImagingDatastore", "Volume")
"""With a kind that the package has never seen; only an engine in this process can run it."""


@dataclass(frozen=True)
class Declared:
    """One resource of a program.

    Attributes:
        sort: Its class, a key of ``SORTS``.
        props: Its arguments, those that are None left out.
        aliases: Names that it had.
        ignored: Properties of ``ignore_changes``.
        retained: Whether it has ``retain_on_delete``.
        subclassed: Whether it is of a subclass.
    """

    sort: str
    props: Props = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    retained: bool = False
    subclassed: bool = False

    @property
    def adopts(self) -> str | None:
        """The id that it adopts."""
        return self.props.get("adopt")

    def having(self, name: str, value: Any) -> Declared:
        """Return it with another value of a property, None for none."""
        rest = {key: each for key, each in self.props.items() if key != name}
        return replace(self, props=rest if value is None else {**rest, name: value})

    def bare(self, **props: Any) -> Declared:
        """Return it with the arguments that it needs, and these."""
        return replace(self, props={**SORTS[self.sort].props, **props}, ignored=())


Program = dict[str, Declared]


def fresh(sort: str) -> Declared:
    """Return a resource as it is first declared."""
    return Declared(sort, dict(SORTS[sort].props))


def renamed(program: Program, old: str, new: str, *, aliased: bool) -> Program:
    """Return a program in which a resource has another name."""
    each = program[old]
    named = replace(each, aliases=(*each.aliases, old) if aliased else ())
    return {new if name == old else name: named if name == old else rest for name, rest in program.items()}


HEAD: Final = """\
import pulumi
from pulumi import Alias, CustomTimeouts, ResourceOptions
from provider import HealthImagingDatastore, HealthLakeDatastore


class HouseHealthImagingDatastore(HealthImagingDatastore):
    pass


class HouseHealthLakeDatastore(HealthLakeDatastore):
    pass

"""


def written(program: Program) -> str:
    """Return a program as Pulumi runs it."""
    return HEAD + "".join(_line(name, each) for name, each in program.items())


def _line(name: str, each: Declared) -> str:
    house = "House" if each.subclassed else ""
    aliases = ", ".join(f"Alias(name={alias!r})" for alias in each.aliases)
    options = (
        f"aliases=[{aliases}], ignore_changes={list(each.ignored)}, retain_on_delete={each.retained}, "
        "custom_timeouts=CustomTimeouts(create='4000s', update='4000s', delete='4000s')"
    )
    arguments = "".join(f", {key}={value!r}" for key, value in each.props.items())
    return f"{house}{each.sort}({name!r}{arguments}, opts=ResourceOptions({options}))\n"
