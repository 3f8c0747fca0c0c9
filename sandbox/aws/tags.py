"""Tags of a resource, as both services keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from .call import Call
from .errors import not_found, validation
from .state import Store

MAX_TAGS: Final = 50


def tagged_store(call: Call, arn: str) -> Store:
    """Return the store of an ARN.

    Raises:
        ServiceError: ResourceNotFoundException, also for a deleted store.
    """
    store = call.named(arn.rpartition("/")[2])
    if store is not None and store.arn == arn and store.status != "DELETED":
        return store
    raise not_found(f"Resource not found: {arn}")


def checked(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags.

    Raises:
        ServiceError: ValidationException, too many of them or a reserved key.
    """
    _refuse_reserved(tags)
    if len(tags) > MAX_TAGS:
        raise validation(f"A resource can have at most {MAX_TAGS} tags, got {len(tags)}")
    return dict(tags)


def _is_reserved(key: str) -> bool:
    """Whether only AWS sets and removes the tag, as CloudFormation does; it counts against no limit."""
    return key.lower().startswith("aws:")


def _refuse_reserved(keys: Iterable[str]) -> None:
    reserved = sorted(filter(_is_reserved, keys))
    if reserved:
        raise validation(f"Tag keys starting with 'aws:' are reserved: {reserved}")


def add(store: Store, tags: Mapping[str, str]) -> None:
    """Set these tags beside the others.

    Raises:
        ServiceError: ValidationException, too many of them or a reserved key.
    """
    _refuse_reserved(tags)
    own = {key: value for key, value in store.tags.items() if not _is_reserved(key)}
    checked({**own, **tags})
    store.tags = {**store.tags, **tags}


def remove(store: Store, keys: Iterable[str]) -> None:
    """Take these tags away; those it does not have are no error.

    Raises:
        ServiceError: ValidationException, a reserved key.
    """
    gone = set(keys)
    _refuse_reserved(gone)
    store.tags = {key: value for key, value in store.tags.items() if key not in gone}
