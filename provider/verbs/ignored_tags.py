"""The tags that a stack leaves to others: ``aws:ignoreTags``. They are as good as not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ..kinds.properties import tags_to_map
from .claims import KEY

if TYPE_CHECKING:
    from ..arazzo.protocol import Caller, Operation, Request, Response
    from ..aws.configuration import IgnoredTags

_LISTING: Final = "ListTagsForResource"


class WithoutIgnoredTags:
    """A caller in whose answers no ignored tag is to be seen: none is drift, and none is taken off."""

    def __init__(self, caller: Caller, ignored: IgnoredTags) -> None:
        self._caller = caller
        self._ignored = ignored

    def call(self, operation: Operation, request: Request) -> Response:
        """Pass a request on; leave the ignored tags out of a listing of tags."""
        response = self._caller.call(operation, request)
        if operation.operation_id != _LISTING or not isinstance(response.body, Mapping):
            return response
        body = {name: self._kept(value) for name, value in response.body.items()}
        return replace(response, body=body)

    def _kept(self, tags: Any) -> Any:
        """Return tags, a map or a list of Key and Value, without the ignored ones; a claim is ours."""
        gone = {key for key in tags_to_map(tags) if key != KEY and self._ignored.covers(key)}
        if isinstance(tags, Mapping):
            return {key: value for key, value in tags.items() if key not in gone}
        return [tag for tag in tags if tag["Key"] not in gone]
