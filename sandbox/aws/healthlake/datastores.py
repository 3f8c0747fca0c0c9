"""FHIR data stores: created, read, listed, updated and deleted."""

from __future__ import annotations

from typing import Any

from ..call import Call
from ..errors import conflict, not_found, validation
from ..lifecycle import begin_create, begin_delete
from ..schedule import progress
from ..state import Cause, Phase, Store
from . import configuration
from .tagging import from_list

_IN_TRANSITION = frozenset({"CREATING", "UPDATING", "DELETING"})


def create_fhir_datastore(call: Call) -> dict[str, Any]:
    """Create a data store; the same client token and parameters return the same store."""
    datastore_id = call.once(call.parameters.get("ClientToken"), lambda: _create(call), refuse=validation)
    return _identity(call.world.stores[datastore_id])


def _create(call: Call) -> str:
    return _add(call, configuration.initial(call.parameters, call.region))


def restore_fhir_datastore(call: Call) -> dict[str, Any]:
    """Make a new data store from the backup of another one; the same client token returns the same store."""
    datastore_id = call.once(call.parameters.get("ClientToken"), lambda: _restore(call), refuse=validation)
    return _identity(call.world.stores[datastore_id])


def _restore(call: Call) -> str:
    source = find_living(call, call.parameters["SourceDatastoreId"])
    if source.status in _IN_TRANSITION | {"CREATE_FAILED"}:
        raise conflict(f"Data store {source.id} is {source.status} and cannot be restored")
    if source.config.get("BackupConfiguration", {}).get("Status") != "ENABLED":
        raise validation(f"Data store {source.id} has no backup")
    wanted = call.parameters["RestoreConfiguration"].get("ContinuousBackupRestoreConfiguration", {})
    point = wanted.get("RestorePointTime")
    # moto parses timestamps to UTC without a zone.
    first, last = (call.timestamp(at).replace(tzinfo=None) for at in (source.created, call.now))
    if point is not None and not first <= point <= last:
        raise validation(f"RestorePointTime must be between {first} and {last}")
    backup = {"BackupConfiguration": source.config["BackupConfiguration"]}
    return _add(call, configuration.initial({**source.config, **call.parameters}, call.region) | backup)


def _add(call: Call, config: dict[str, Any]) -> str:
    configuration.check(call.parameters)
    if sum(store.active for store in call.stores()) >= call.world.settings.stores:
        # The model has no quota error for this operation.
        raise validation(
            f"The account has the maximum of {call.world.settings.stores} active data stores in {call.region}"
        )
    new_id = call.new_id()
    store = Store(
        service=call.service,
        region=call.region,
        id=new_id,
        arn=f"arn:aws:healthlake:{call.region}:{call.account}:datastore/fhir/{new_id}",
        name=call.parameters.get("DatastoreName", new_id),
        created=call.now,
        updated=call.now,
        tags=from_list(call.parameters.get("Tags", [])),
        config=config,
    )
    begin_create(call, store, seconds=call.world.settings.lake_create)
    return new_id


def describe_fhir_datastore(call: Call) -> dict[str, Any]:
    """Read a data store; a deleted one stays readable for a while."""
    return {"DatastoreProperties": _properties(call, find(call))}


def list_fhir_datastores(call: Call) -> dict[str, Any]:
    """List data stores that fit a filter."""
    wanted = call.parameters.get("Filter", {})
    matching = (store for store in call.stores() if _fits(call, store, wanted))
    page, token = call.page(matching, call.parameters.get("NextToken"), call.parameters.get("MaxResults"))
    return {"DatastorePropertiesList": [_properties(call, store) for store in page], "NextToken": token}


def _fits(call: Call, store: Store, wanted: dict[str, Any]) -> bool:
    # moto parses timestamps to UTC without a zone.
    created = call.timestamp(store.created).replace(tzinfo=None)
    return (
        wanted.get("DatastoreName") in {None, store.name}
        and wanted.get("DatastoreStatus") in {None, store.status}
        and created < wanted.get("CreatedBefore", created.max)
        and created > wanted.get("CreatedAfter", created.min)
    )


def update_fhir_datastore(call: Call) -> dict[str, Any]:
    """Change a data store in place.

    Name, profiles and identity provider change at once (the identity provider is replaced whole); analytics,
    NLP and backup take a while, in which the store is UPDATING.
    """
    store = find_living(call)
    configuration.check(call.parameters)
    if len(call.parameters) == 1:
        raise validation("At least one property to update must be given")
    if store.status in _IN_TRANSITION | {"CREATE_FAILED"}:
        raise conflict(f"Data store {store.id} is {store.status} and cannot be updated")
    store.name = call.parameters.get("DatastoreName", store.name)
    store.config |= configuration.changed_at_once(call.parameters)
    store.updated = call.now
    _begin_update(call, store)
    return {"DatastoreProperties": _properties(call, store)}


def _begin_update(call: Call, store: Store) -> None:
    change = configuration.changed_slowly(call.parameters, store.config)
    if not change.target:
        return
    before = {name: store.config.get(name, {}) for name in change.target}
    order = call.world.take_order("update", call.service, store.name)
    store.become("UPDATING", call.now)
    store.config |= change.meanwhile
    at = call.now + call.world.settings.lake_update
    if order is None:
        store.pending = [Phase(at, "ACTIVE", change.target)]
    elif order.status != "UPDATING":
        store.pending = [Phase(at, order.status, before, Cause(order.message, order.category))]


def delete_fhir_datastore(call: Call) -> dict[str, Any]:
    """Delete a data store with all that is in it, once no job runs on it."""
    store = find_living(call)
    if store.status in _IN_TRANSITION:
        raise conflict(f"Data store {store.id} is {store.status} and cannot be deleted")
    standing = progress(call.world, call.now)
    running = [j.id for j in call.world.jobs.values() if j.store_id == store.id and not standing[j.id].ended]
    if running:
        raise conflict(f"Data store {store.id} has jobs in progress: {', '.join(running)}")
    begin_delete(call, store, seconds=call.world.settings.lake_delete)
    return _identity(store)


def find(call: Call, datastore_id: str | None = None) -> Store:
    """Return the data store of that id, or the one that the call names; a deleted one too.

    Raises:
        ServiceError: ResourceNotFoundException.
    """
    datastore_id = datastore_id or call.parameters["DatastoreId"]
    store = call.named(datastore_id)
    if store is not None:
        return store
    raise not_found(f"Datastore not found: {datastore_id}")


def find_living(call: Call, datastore_id: str | None = None) -> Store:
    """Return the data store of that id, or the one that the call names.

    Raises:
        ServiceError: ResourceNotFoundException, also for a deleted one.
    """
    store = find(call, datastore_id)
    if store.status == "DELETED":
        raise not_found(f"Datastore not found: {store.id}")
    return store


def _identity(store: Store) -> dict[str, Any]:
    return {
        "DatastoreId": store.id,
        "DatastoreArn": store.arn,
        "DatastoreStatus": store.status,
        "DatastoreEndpoint": f"https://healthlake.{store.region}.amazonaws.com/datastore/{store.id}/r4/",
    }


def _properties(call: Call, store: Store) -> dict[str, Any]:
    cause = store.cause and {"ErrorMessage": store.cause.message, "ErrorCategory": store.cause.category}
    shown = {
        **_identity(store),
        "DatastoreName": store.name,
        "DatastoreTypeVersion": "R4",
        "CreatedAt": call.timestamp(store.created),
        **store.config,
        "ErrorCause": cause,
        "BackupStatusInfo": _backup(call, store),
    }
    return {name: value for name, value in shown.items() if value}


def _backup(call: Call, store: Store) -> dict[str, Any] | None:
    settings = store.config.get("BackupConfiguration")
    if not settings:
        return None
    if settings.get("Status") != "ENABLED":
        return {"Configuration": settings}
    return {"Configuration": settings, "BackupEnabledAt": call.timestamp(store.updated)}
