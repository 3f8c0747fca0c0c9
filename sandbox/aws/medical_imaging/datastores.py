"""HealthImaging data stores: CREATING, then ACTIVE or CREATE_FAILED; DELETING, then DELETED."""

from __future__ import annotations

from typing import Any, Final

from .. import tags
from ..call import Call
from ..errors import ServiceError, conflict, not_found
from ..lifecycle import begin_create, begin_delete
from ..state import Store

_CONFIGURED: Final = ("kmsKeyArn", "lambdaAuthorizerArn", "losslessStorageFormat")


def create_datastore(call: Call) -> dict[str, Any]:
    """Create a data store; the same client token and parameters return the same store."""
    datastore_id = call.once(call.parameters["clientToken"], lambda: _create(call), refuse=conflict)
    store = call.world.stores[datastore_id]
    return {"datastoreId": store.id, "datastoreStatus": store.status}


def _create(call: Call) -> str:
    if sum(store.active for store in call.stores()) >= call.world.settings.stores:
        raise ServiceError(
            "ServiceQuotaExceededException",
            f"The maximum number of active data stores in this Region is {call.world.settings.stores}",
        )
    parameters = call.parameters
    new_id = call.new_id()
    store = Store(
        service=call.service,
        region=call.region,
        id=new_id,
        arn=f"arn:aws:medical-imaging:{call.region}:{call.account}:datastore/{new_id}",
        name=parameters.get("datastoreName", new_id),
        created=call.now,
        updated=call.now,
        tags=tags.checked(parameters.get("tags", {})),
        config={"losslessStorageFormat": "HTJ2K"}
        | {name: parameters[name] for name in _CONFIGURED if name in parameters},
    )
    begin_create(call, store, seconds=call.world.settings.imaging_create)
    return new_id


def get_datastore(call: Call) -> dict[str, Any]:
    """Read a data store; a deleted one stays readable for a while."""
    store = find(call)
    return {"datastoreProperties": {**_summary(call, store), **store.config}}


def list_datastores(call: Call) -> dict[str, Any]:
    """List data stores, of one status where it is given. There is no filter by name."""
    wanted = call.parameters.get("datastoreStatus")
    matching = (store for store in call.stores() if wanted in {None, store.status})
    page, token = call.page(matching, call.parameters.get("nextToken"), call.parameters.get("maxResults"))
    return {"datastoreSummaries": [_summary(call, store) for store in page], "nextToken": token}


def delete_datastore(call: Call) -> dict[str, Any]:
    """Delete a data store that holds no image sets."""
    store = find_living(call)
    if store.status in {"CREATING", "DELETING"}:
        raise conflict(f"Data store {store.id} is {store.status} and cannot be deleted")
    left = sum(
        s.store_id == store.id and s.state(call.now) != "DELETED" for s in call.world.image_sets.values()
    )
    if left:
        raise conflict(f"Data store {store.id} is not empty: it contains {left} image sets")
    begin_delete(call, store, seconds=call.world.settings.imaging_delete)
    return {"datastoreId": store.id, "datastoreStatus": store.status}


def find(call: Call) -> Store:
    """Return the data store that the call names.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    datastore_id = call.parameters["datastoreId"]
    store = call.named(datastore_id)
    if store is not None:
        return store
    raise not_found(f"Data store {datastore_id} was not found")


def find_living(call: Call) -> Store:
    """Return the data store that the call names.

    Raises:
        ServiceError: ResourceNotFoundException, also for a deleted one.
    """
    store = find(call)
    if store.status == "DELETED":
        raise not_found(f"Data store {store.id} was not found")
    return store


def _summary(call: Call, store: Store) -> dict[str, Any]:
    return {
        "datastoreId": store.id,
        "datastoreName": store.name,
        "datastoreStatus": store.status,
        "datastoreArn": store.arn,
        "createdAt": call.timestamp(store.created),
        "updatedAt": call.timestamp(store.updated),
    }
