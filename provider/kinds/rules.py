"""What AWS refuses, or may refuse, of any kind's properties although each member alone is fine.

A rule takes the properties as the user wrote them and yields its faults; a doubt takes them with the account
that they are meant for, where that is known. What is not known is no ground to refuse: of a doubt the preview
warns, and ``docs/beliefs.md`` says how it can be settled. What is one service's own stands beside its rows.
Sources: AWS General Reference, "ARNs"; KMS Developer Guide, "Keys are regional".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from ..models.partitions import partition, regions_of
from ..models.shapes import UNKNOWN, Fault
from ..timing import durations
from .properties import Property

Properties = Mapping[str, Any]
Rule = Callable[[Properties], Iterator[Fault]]
Doubt = Callable[[Properties, str | None], Iterator[Fault]]

SETTINGS: Final = {"force_destroy": (bool, "true or false"), "adopt": (str, "the id of a resource")}

CONNECTION: Final = ("profile", "endpoint_url", "role_arn", "external_id", "session_name")

VERBS: Final = ("create", "update", "delete")


def arn_faults(rows: Iterable[Property], values: Properties, below: str = "") -> Iterator[Fault]:
    """Yield the ARNs that are not of the resource's partition, and the keys that are not of its region.

    Args:
        rows: The table of properties, which says where ARNs are.
        values: The properties.
        below: The property whose parts the rows are, with a dot; empty for the resource's own.
    """
    region = values.get("region")
    home = partition(region) if isinstance(region, str) and region != UNKNOWN else None
    for row in rows if home else ():
        yield from arn_faults(row.parts, values, f"{below}{row.name}.")
        for inner in (*row.own_keys, *row.arns):
            path = f"{below}{row.name}{inner and '.'}{inner}"
            _, named, _, place, *_ = [*arn_at(values, path).split(":"), "", "", "", ""]
            if named and named != home:
                yield Fault(path, f"is in the partition {named}, and {region} is in {home}")
            elif place and place != region and inner in row.own_keys:
                yield Fault(path, f"is a key of {place}; a store of {region} needs one of its own region")


def arn_at(properties: Properties, path: str) -> str:
    """Return the ARN at a path, or an empty string where there is none or it is not known."""
    value: Any = properties
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) and value.startswith("arn:") else ""


def object_at(properties: Properties, name: str) -> Properties:
    """Return a nested object, or an empty one where it is unset, unknown or malformed."""
    value = properties.get(name)
    return value if isinstance(value, Mapping) else {}


def timeouts(properties: Properties) -> Iterator[Fault]:
    """The user's own timeouts are durations of create, update and delete."""
    value = properties.get("timeouts")
    if value is None or value == UNKNOWN:
        return
    if not isinstance(value, Mapping):
        yield Fault("timeouts", "must be an object with create, update and delete")
        return
    for name, text in value.items():
        if name not in VERBS:
            yield Fault(f"timeouts.{name}", f"is not one of {', '.join(VERBS)}")
        elif text != UNKNOWN and durations.parse_duration(text) is None:
            yield Fault(f"timeouts.{name}", "must be a duration like 90s, 40m or 1h30m")


def settings(properties: Properties) -> Iterator[Fault]:
    """The provider's own settings are of their types."""
    for name, (type_, noun) in SETTINGS.items():
        value = properties.get(name)
        if value is not None and value != UNKNOWN and not isinstance(value, type_):
            yield Fault(name, f"must be {noun}")


def connection(properties: Properties) -> Iterator[Fault]:
    """A connection of one's own is an object of texts."""
    value = properties.get("connection")
    if value is None or value == UNKNOWN:
        return
    if not isinstance(value, Mapping):
        yield Fault("connection", f"must be an object with any of {', '.join(CONNECTION)}")
        return
    for name, text in value.items():
        if name not in CONNECTION:
            yield Fault(f"connection.{name}", f"is not one of {', '.join(CONNECTION)}")
        elif not isinstance(text, str) or not text:
            yield Fault(f"connection.{name}", "must be a string")
    for name in ("external_id", "session_name"):
        if value.get(name) is not None and value.get("role_arn") is None:
            yield Fault(f"connection.{name}", "requires role_arn")


def missing_service(service: str, label: str, properties: Properties) -> Iterator[Fault]:
    """Yield that a service does not exist in the region, by the list of regions that is known."""
    region, known = properties.get("region"), regions_of(service)
    if isinstance(region, str) and region != UNKNOWN and known and region not in known:
        yield Fault(
            "region",
            f"is {region}, where a {label} is not known to exist; use one of {', '.join(known)}",
        )


RULES: Final[tuple[Rule, ...]] = (settings, timeouts, connection)
