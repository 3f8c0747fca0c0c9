"""How resources are tagged and listed, in whatever words a service has for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .properties import Values


@dataclass(frozen=True, slots=True)
class Listed:
    """A resource as a list has it.

    Attributes:
        id: Its id.
        name: What the tag workflows take it by, see ``Tags.named_by``.
        status: Its status.
        created: When it was made, in ISO 8601, or None.
    """

    id: str
    name: str
    status: Any
    created: Any


@dataclass(frozen=True, slots=True)
class Listing:
    """The output of the ``list`` workflow with one page of resources, and the members of each of them.

    Attributes:
        output: The output.
        id: The member with the id.
        name: The member that the tag workflows take it by.
        status: The member with the status.
        created: The member with the time at which it was made.
    """

    output: str
    id: str
    name: str
    status: str
    created: str

    def read(self, item: Values) -> Listed | None:
        """Return a listed resource; None for one without an id, or that cannot be asked for its tags."""
        resource_id, name = item.get(self.id), item.get(self.name)
        if not resource_id or not name:
            return None
        return Listed(str(resource_id), str(name), item.get(self.status), item.get(self.created))


@dataclass(frozen=True, slots=True)
class Tags:
    """How tags are put on, taken off and found.

    The workflow ``list-tags`` puts them out as ``tags``, and so does ``read``.

    Attributes:
        input: The input of the tag workflows that names the resource.
        named_by: The state property whose value that input takes.
        tags: The input with tags to put on; the creating workflow has it, too.
        keys: The input with the keys of tags to take off.
        listing: How such resources are listed.
        pair: The two members of a tag, where tags are a list of those; None where they are a map.
        key_member: The member of each key to take off, where the service takes a list of structures.
        resource_type: What the Resource Groups Tagging API calls such resources: the service and the type in
            their ARNs; empty where it does not know them, or where they are not named by their ARNs.
    """

    input: str
    named_by: str
    tags: str
    keys: str
    listing: Listing
    pair: tuple[str, str] | None = None
    key_member: str = ""
    resource_type: str = ""

    def name(self, outputs: Values) -> str:
        """Return what the tag workflows take a resource by, or an empty string where it is not known."""
        return str(outputs.get(self.named_by) or "")

    def spelt(self, tags: Mapping[str, str]) -> Any:
        """Return tags as the service takes them."""
        if self.pair is None:
            return dict(tags)
        key, value = self.pair
        return [{key: name, value: tags[name]} for name in sorted(tags)]

    def putting(self, name: str, tags: Mapping[str, str]) -> dict[str, Any]:
        """Return the inputs of the workflow that puts tags on a resource."""
        return {self.input: name, self.tags: self.spelt(tags)}

    def taking_off(self, name: str, keys: list[str]) -> dict[str, Any]:
        """Return the inputs of the workflow that takes tags off a resource."""
        taken: list[Any] = [{self.key_member: key} for key in keys] if self.key_member else keys
        return {self.input: name, self.keys: taken}
