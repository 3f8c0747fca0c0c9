"""The tags of others, as good as not there: AWS's own, and those that ``aws:ignoreTags`` leaves to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ..kinds.properties import Change, tags_to_map
from .claims import KEY

if TYPE_CHECKING:
    from ..arazzo.protocol import Caller, Operation, Request, Response
    from ..aws.configuration import IgnoredTags
    from ..kinds.kind import Kind

AWS_PREFIX: Final = "aws:"
"""What the keys of tags begin with that only AWS sets, for CloudFormation's stacks for one."""

PREFIX: Final = "pulumi-health:"
"""What the keys of this provider's own tags begin with."""

_LISTING: Final = "ListTagsForResource"


class WithoutIgnoredTags:
    """A caller in whose answers no tag of others is to be seen: none is drift, and none is taken off."""

    def __init__(self, caller: Caller, ignored: IgnoredTags) -> None:
        self._caller = caller
        self._ignored = ignored

    def call(self, operation: Operation, request: Request) -> Response:
        """Pass a request on; leave the ignored tags out of a listing of tags."""
        response = self._caller.call(operation, request)
        if operation.operation_id != _LISTING or response.error or not isinstance(response.body, Mapping):
            return response
        body = {name: self._kept(value) for name, value in response.body.items()}
        return replace(response, body=body)

    def _kept(self, tags: Any) -> Any:
        """Return tags, a map or a list of Key and Value, without the ignored ones; a claim is ours."""
        gone = {key for key in tags_to_map(tags) if is_foreign(key, self._ignored)}
        if isinstance(tags, Mapping):
            return {key: value for key, value in tags.items() if key not in gone}
        return [tag for tag in tags if tag["Key"] not in gone]


def is_foreign(key: str, ignored: IgnoredTags) -> bool:
    """Whether a tag is not the stack's; a claim is."""
    return key.startswith(AWS_PREFIX) or (key != KEY and ignored.covers(key))


def without_foreign(kind: Kind, values: Mapping[str, Any], ignored: IgnoredTags) -> dict[str, Any]:
    """Return what the state has of a resource, without the tags of others that a refresh has put there."""
    shown = dict(values)
    for name in kind.by(Change.TAGS):
        tags = values.get(name)
        if isinstance(tags, Mapping):
            shown[name] = {key: value for key, value in tags.items() if not is_foreign(key, ignored)}
    return shown
