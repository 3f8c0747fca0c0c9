"""Tagged resources, whichever service they belong to."""

from __future__ import annotations

from typing import Any

from ..call import Call
from ..state import Store


def get_resources(call: Call) -> dict[str, Any]:
    """List the resources of this region that have tags, by type and tag; its index lags behind."""
    asked = call.parameters
    lag = call.world.settings.tagging_lag
    stores = [
        store
        for store in call.world.stores.values()
        if store.region == call.region
        and store.tags
        and store.created + lag <= call.now
        and store.status != "DELETED"
        and _is_of(store, asked.get("ResourceTypeFilters"))
        and all(_matches(store, each) for each in asked.get("TagFilters") or ())
    ]
    page, token = call.page(stores, asked.get("PaginationToken"), asked.get("ResourcesPerPage"))
    return {"PaginationToken": token or "", "ResourceTagMappingList": [_mapping(store) for store in page]}


def _is_of(store: Store, types: list[str] | None) -> bool:
    """Whether a resource is of one of the types, ``service`` or ``service:type`` as in its ARN."""
    service, resource = store.arn.split(":")[2], store.arn.split(":")[5].partition("/")[0]
    return not types or bool({service, f"{service}:{resource}"}.intersection(types))


def _matches(store: Store, wanted: dict[str, Any]) -> bool:
    values = wanted.get("Values")
    return wanted["Key"] in store.tags and (not values or store.tags[wanted["Key"]] in values)


def _mapping(store: Store) -> dict[str, Any]:
    tags = [{"Key": key, "Value": value} for key, value in store.tags.items()]
    return {"ResourceARN": store.arn, "Tags": tags}
