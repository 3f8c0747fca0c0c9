"""Check: all that AWS would refuse, at once, and the inputs that the user left to the provider."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from ..kinds.hidden import BEFORE, CONFIGURED, DEFAULTS, TOKEN, left_to_provider
from ..kinds.properties import Change
from ..models.shapes import Fault, given
from .claims import creation_token, organization
from .ignored_tags import AWS_PREFIX, PREFIX
from .tag_limit import limit_faults

if TYPE_CHECKING:
    from ..aws.configuration import IgnoredTags
    from ..kinds.kind import Kind

_SUFFIX: Final = 7
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._/#-]+")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a check knows beside the properties.

    Attributes:
        name: The resource's name in the program, or None outside of a host.
        seed: Bytes from the engine that are random per planned operation, or None.
        proposed_name: What the stack's auto-naming proposes, or None.
        naming: ``propose``, ``enforce`` or ``disable``: how the stack wants names to be made.
        region: The region that the stack's configuration or AWS's own chain gives, or None.
        configured_region: The part of it that the stack's configuration gives, or None.
        default_tags: Tags that the stack's configuration puts on everything.
        ignored_tags: Tags that it leaves to others.
        urn: The resource's URN; empty outside of a host.
        before: The names of the stores that the state is known to hold for the resource.
    """

    name: str | None = None
    seed: bytes | None = None
    proposed_name: str | None = None
    naming: str = "propose"
    region: str | None = None
    configured_region: str | None = None
    default_tags: Mapping[str, str] = field(default_factory=dict)
    ignored_tags: IgnoredTags | None = None
    urn: str = ""
    before: tuple[str, ...] = ()


def check(
    kind: Kind, olds: Mapping[str, Any], news: Mapping[str, Any], around: Surroundings
) -> tuple[dict[str, Any], list[Fault]]:
    """Return the inputs to go on with, and every fault.

    Args:
        kind: The table's row.
        olds: The inputs in the state; empty for a new resource.
        news: The program's inputs.
        around: What else is known.
    """
    inputs: dict[str, Any] = given(dict(news))
    _drop_foreign_tags(kind, inputs, olds)
    _fill_tags(kind, inputs, around)
    inputs[TOKEN] = olds.get(TOKEN) or _token(kind, inputs, around)
    before = olds.get(BEFORE) if olds else list(around.before)
    if before:
        inputs[BEFORE] = before
    others = [*_own_tags(kind, inputs), *limit_faults(kind, inputs)]
    said = {fault.path for fault in others}  # a model that forbids such a tag says less about it
    faults = [
        *_fill_region(inputs, olds, around),
        *_fill_name(kind, inputs, olds, around),
        *_ignored_tags(kind, inputs, around),
        *others,
        *(kind.unfit() or (fault for fault in kind.faults(inputs) if fault.path not in said)),
    ]
    return inputs, faults


def _fill_region(inputs: dict[str, Any], olds: Mapping[str, Any], around: Surroundings) -> Iterator[Fault]:
    """Fill in the region: the one in the state, unless the configuration gave it and has another now."""
    if inputs.get("region") is None:
        moves = around.configured_region if CONFIGURED in olds else None
        region = moves or olds.get("region") or around.configured_region or around.region
        if region is None:
            yield Fault(
                "region",
                "is not set; give it as an argument, by `pulumi config set aws:region`, or in AWS_REGION",
            )
            return
        inputs["region"] = region
        if region == around.configured_region:
            inputs[CONFIGURED] = ["region"]


def _fill_tags(kind: Kind, inputs: dict[str, Any], around: Surroundings) -> None:
    """Add the stack's default tags; the resource's own win."""
    own = inputs.get("tags") or {}
    if kind.tags and around.default_tags and isinstance(own, Mapping):
        inputs["tags"] = {**around.default_tags, **own}


def _drop_foreign_tags(kind: Kind, inputs: dict[str, Any], olds: Mapping[str, Any]) -> None:
    """Leave out AWS's own tags, which a refresh once took in and ``ignore_changes`` brings back."""
    for name in kind.by(Change.TAGS):
        tags, before = inputs.get(name), olds.get(name) or {}
        if isinstance(tags, Mapping):
            inputs[name] = {
                key: value
                for key, value in tags.items()
                if not (key.startswith(AWS_PREFIX) and before.get(key) == value)
            }


def _own_tags(kind: Kind, inputs: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the tags that a program cannot set: AWS keeps a prefix for itself, and this provider another."""
    for name in kind.by(Change.TAGS):
        tags = inputs.get(name)
        for key in tags if isinstance(tags, Mapping) else ():
            if key.startswith(AWS_PREFIX):
                yield Fault(f"{name}.{key}", f"only AWS sets tags that begin with {AWS_PREFIX}")
            if key.startswith(PREFIX):
                yield Fault(f"{name}.{key}", f"only this provider sets tags that begin with {PREFIX}")


def _ignored_tags(kind: Kind, inputs: Mapping[str, Any], around: Surroundings) -> Iterator[Fault]:
    """Yield the tags that the stack both sets and ignores: they would be put on anew by every run."""
    tags = inputs.get("tags")
    if kind.tags and around.ignored_tags and isinstance(tags, Mapping):
        both = ", ".join(key for key in tags if around.ignored_tags.covers(key))
        if both:
            yield Fault("tags", f"sets {both}, which aws:ignoreTags leaves to others: only one can be")


def _fill_name(
    kind: Kind, inputs: dict[str, Any], olds: Mapping[str, Any], around: Surroundings
) -> Iterator[Fault]:
    """Name the resource as Pulumi does: the program's name and seven random digits."""
    if not kind.named:
        return
    if inputs.get(kind.named) is not None:
        if isinstance(before := olds.get(DEFAULTS), Mapping):
            inputs[DEFAULTS] = before
        return
    if around.naming == "disable":
        yield Fault(kind.named, "is required, because the stack's configuration turns auto-naming off")
        return
    if kind.named in left_to_provider(olds) and olds.get(kind.named) is not None:
        inputs[kind.named] = olds[kind.named]
    elif around.proposed_name:
        inputs[kind.named] = around.proposed_name
    else:
        base = _NOT_IN_NAMES.sub("-", around.name or kind.name)
        inputs[kind.named] = f"{base}-{_digest(inputs[TOKEN])[:_SUFFIX]}"
    inputs[DEFAULTS] = {kind.named: inputs[kind.named]}


def _token(kind: Kind, inputs: Mapping[str, Any], around: Surroundings) -> str:
    """Return what names a creation; of what carries claims it is the same until the state has changed."""
    if kind.tags and around.urn:
        return creation_token(organization(inputs), around.urn, around.before)
    return hashlib.sha256(around.seed).hexdigest()[:32] if around.seed else os.urandom(16).hex()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
