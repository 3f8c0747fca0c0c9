"""The tags of others, as good as not there: AWS's own, and those that ``aws:ignoreTags`` leaves to others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ..kinds.properties import Change
from .claims import KEY

if TYPE_CHECKING:
    from ..aws.configuration import IgnoredTags
    from ..kinds.kind import Kind

AWS_PREFIX: Final = "aws:"
"""What the keys of tags begin with that only AWS sets, for CloudFormation's stacks for one."""

PREFIX: Final = "pulumi-health:"
"""What the keys of this provider's own tags begin with."""


def is_foreign(key: str, ignored: IgnoredTags) -> bool:
    """Whether a tag is not the stack's; a claim is."""
    return key.startswith(AWS_PREFIX) or (key != KEY and ignored.covers(key))


def without_foreign(kind: Kind, values: Mapping[str, Any], ignored: IgnoredTags) -> dict[str, Any]:
    """Return what the state has of a resource, without the tags of others that a refresh has put there."""
    shown = dict(values)
    for name in kind.by(Change.TAGS):
        tags = values.get(name)
        if isinstance(tags, Mapping):
            shown[name] = without(tags, ignored)
    return shown


def without(tags: Mapping[str, str], ignored: IgnoredTags) -> dict[str, str]:
    """Return what a resource is tagged with, without the tags of others: none is drift, none is taken off."""
    return {key: value for key, value in tags.items() if not is_foreign(key, ignored)}
