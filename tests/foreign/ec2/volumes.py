"""EBS volumes: creating, then available or error; deleting, then unknown.

Sources: Amazon EC2 API reference (CreateVolume, ModifyVolume, DeleteVolume, DescribeVolumesModifications,
"Error codes"); EBS User Guide, "Requirements for Amazon EBS volume modifications". The account keeps its
stores' states in the words of the sandbox.
"""

from __future__ import annotations

from typing import Any, Final

from sandbox.aws import tags
from sandbox.aws.call import Call
from sandbox.aws.errors import ServiceError
from sandbox.aws.lifecycle import begin_create, begin_delete
from sandbox.aws.state import Phase, Store

_STATES: Final = {"CREATING": "creating", "CREATE_FAILED": "error", "DELETING": "deleting"}
"""EC2's words; while a volume is modified, and whatever comes of it, it is available."""
_MODIFICATIONS: Final = {"UPDATING": "modifying", "UPDATE_FAILED": "failed"}
_CONFIGURED: Final = ("AvailabilityZone", "Size", "VolumeType", "Iops", "Encrypted", "KmsKeyId")
_MODIFIED: Final = ("Size", "VolumeType", "Iops")
_QUOTA: Final = 20
_ASKED: Final = "asked for"
"""Where the account keeps what a volume was last asked to be changed to."""


def create_volume(call: Call) -> dict[str, Any]:
    """Make a volume; the same client token and parameters return the same one."""
    for name in ("AvailabilityZone", "Size"):
        if not call.parameters.get(name):
            raise ServiceError("MissingParameter", f"The request must contain the parameter {name}")
    made = call.once(call.parameters.get("ClientToken"), lambda: _create(call), refuse=_other_parameters)
    return _described(call, call.world.stores[made])


def describe_volumes(call: Call) -> dict[str, Any]:
    """Describe some volumes, or one page of all of them."""
    asked = call.parameters.get("VolumeIds")
    if asked:
        return {"Volumes": [_described(call, living(call, each)) for each in asked]}
    there = (store for store in call.stores() if store.status != "DELETED")
    page, token = call.page(there, call.parameters.get("NextToken"), call.parameters.get("MaxResults"))
    return {"Volumes": [_described(call, store) for store in page], "NextToken": token}


def modify_volume(call: Call) -> dict[str, Any]:
    """Begin to change a volume, which can grow and not shrink."""
    store = living(call, call.parameters["VolumeId"])
    if store.status in {"CREATING", "DELETING", "CREATE_FAILED"}:
        raise _incorrect(store)
    if store.status == "UPDATING":
        raise ServiceError("IncorrectModificationState", f"Volume {store.id} is being modified already")
    wanted = {name: call.parameters[name] for name in _MODIFIED if name in call.parameters}
    if wanted.get("Size", store.config["Size"]) < store.config["Size"]:
        raise ServiceError("InvalidParameterValue", "New size cannot be smaller than existing size")
    store.become("UPDATING", call.now)
    store.config[_ASKED] = {"Size": store.config["Size"], **wanted}
    order = call.world.take_order("update", call.service, store.name)
    end = call.now + call.world.settings.lake_update
    store.pending = [Phase(end, order.status) if order else Phase(end, "ACTIVE", wanted)]
    return {"VolumeModification": _modification(store)}


def describe_volumes_modifications(call: Call) -> dict[str, Any]:
    """Describe how far the last changes of some volumes have come."""
    stores = [living(call, each) for each in call.parameters["VolumeIds"]]
    for store in stores:
        if _ASKED not in store.config:
            raise ServiceError(
                "InvalidVolumeModification.NotFound", f"Modification for volume '{store.id}' does not exist."
            )
    return {"VolumesModifications": [_modification(store) for store in stores]}


def delete_volume(call: Call) -> dict[str, Any]:
    """Delete a volume with the data in it."""
    store = living(call, call.parameters["VolumeId"])
    if store.status in {"CREATING", "DELETING", "UPDATING"}:
        raise _incorrect(store)
    begin_delete(call, store, seconds=call.world.settings.imaging_delete)
    return {}


def living(call: Call, volume_id: str) -> Store:
    """Return a volume.

    Raises:
        ServiceError: InvalidVolume.NotFound, also for one that was deleted.
    """
    store = call.named(volume_id)
    if store is None or store.status == "DELETED":
        raise ServiceError("InvalidVolume.NotFound", f"The volume '{volume_id}' does not exist.")
    return store


def _create(call: Call) -> str:
    if sum(store.active for store in call.stores()) >= _QUOTA:
        raise ServiceError("VolumeLimitExceeded", f"You have exceeded your quota of {_QUOTA} volumes")
    specifications = call.parameters.get("TagSpecifications") or []
    given: dict[str, str] = {}
    for each in specifications:
        if each.get("ResourceType") != "volume" or not each.get("Tags"):
            raise ServiceError("InvalidParameterValue", "A tag specification needs a resource type and tags")
        given |= {tag["Key"]: tag.get("Value", "") for tag in each["Tags"]}
    new_id = f"vol-{call.new_id()[:17]}"
    store = Store(
        service=call.service,
        region=call.region,
        id=new_id,
        arn=f"arn:aws:ec2:{call.region}:{call.account}:volume/{new_id}",
        name=given.get("Name", new_id),
        created=call.now,
        updated=call.now,
        tags=tags.checked(given),
        config={"VolumeType": "gp2", "Encrypted": False}
        | {name: call.parameters[name] for name in _CONFIGURED if name in call.parameters},
    )
    begin_create(call, store, seconds=call.world.settings.imaging_create)
    return new_id


def _described(call: Call, store: Store) -> dict[str, Any]:
    return {
        "VolumeId": store.id,
        "State": _STATES.get(store.status, "available"),
        "CreateTime": call.timestamp(store.created),
        "Tags": [{"Key": key, "Value": value} for key, value in store.tags.items()],
        **{name: value for name, value in store.config.items() if name != _ASKED},
    }


def _modification(store: Store) -> dict[str, Any]:
    return {
        "VolumeId": store.id,
        "ModificationState": _MODIFICATIONS.get(store.status, "completed"),
        "TargetSize": store.config[_ASKED]["Size"],
    }


def _incorrect(store: Store) -> ServiceError:
    return ServiceError("IncorrectState", f"Volume {store.id} is in the state {_STATES.get(store.status)}")


def _other_parameters(message: str) -> ServiceError:
    return ServiceError("IdempotentParameterMismatch", message)
