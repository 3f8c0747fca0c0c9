"""Laws of diff and refresh, against an AWS that answers over HTTP while time stands still until one waits.

The arguments are drawn at random; what a change of them comes to is asked of AWS itself.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from provider.aws.caller import AwsCaller
from provider.aws.settings import Settings
from provider.kinds.equivalence import covers
from provider.kinds.kind import Kind
from provider.kinds.properties import Change
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, HEALTHLAKE_EXPORT
from provider.verbs.check import Surroundings, check
from provider.verbs.create import create
from provider.verbs.delete import delete
from provider.verbs.diff import diff
from provider.verbs.outcome import Made
from provider.verbs.read import read
from provider.verbs.session import Session
from provider.verbs.update import update
from sandbox.aws import ManualClock, Sandbox, serve

LAKE, IMAGES, EXPORTS = HEALTHLAKE_DATASTORE, HEALTH_IMAGING_DATASTORE, HEALTHLAKE_EXPORT
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN = f"arn:aws:kms:us-east-1:123456789012:key/{KEY}"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:authorizer"
SMART = {
    "authorization_endpoint": "https://idp/authorize",
    "token_endpoint": "https://idp/token",
    "capabilities": ["launch-ehr"],
    "grant_types_supported": ["authorization_code"],
    "code_challenge_methods_supported": ["S256"],
}

Args = dict[str, Any]
LAW = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@dataclass
class Waiting:
    """Time that passes only while somebody waits; nothing is said."""

    clock: ManualClock

    def now(self) -> float:
        return self.clock.now()

    def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def progress(self, message: str, *, ephemeral: bool = True) -> None: ...

    def info(self, message: str) -> None: ...

    def warn(self, message: str) -> None: ...


@dataclass
class Account:
    """An account, and the provider's verbs on it."""

    cloud: Sandbox
    clock: ManualClock

    def session(self, kind: Kind) -> Session:
        waiting = Waiting(self.clock)
        caller = AwsCaller(
            Settings(
                region="us-east-1",
                endpoint_url=self.cloud.url,
                access_key=self.cloud.env["AWS_ACCESS_KEY_ID"],
                secret_key=self.cloud.env["AWS_SECRET_ACCESS_KEY"],
            )
        )
        return Session(caller, waiting, waiting, kind.label, chance=lambda: 0.5)

    def create(self, kind: Kind, inputs: Args) -> Made:
        return create(kind, inputs, self.session(kind), None)

    def update(self, kind: Kind, made: Made, news: Args) -> Made:
        return update(kind, made.id, made.outputs, news, self.session(kind))

    def refresh(self, kind: Kind, made: Made) -> Made:
        found = read(kind, made.id, made.outputs, self.session(kind))
        assert found is not None
        return Made(made.id, found.outputs)

    def live(self, kind: Kind, store_id: str) -> Args:
        """The store's properties as AWS describes them to one who manages nothing."""
        found = read(kind, store_id, {}, self.session(kind))
        assert found is not None
        return {name: value for name, value in found.inputs.items() if value is not None}

    def ask_in_place(self, store_id: str, members: Mapping[str, Any]) -> None:
        """Send all members of a new configuration to HealthLake's update, known there or not."""
        body = json.dumps({"DatastoreId": store_id, **members})
        headers = {
            "X-Amz-Target": "HealthLake.UpdateFHIRDatastore",
            "Content-Type": "application/x-amz-json-1.0",
        }
        request = AWSRequest("POST", self.cloud.url, headers, body)
        keys = Credentials(self.cloud.env["AWS_ACCESS_KEY_ID"], self.cloud.env["AWS_SECRET_ACCESS_KEY"])
        SigV4Auth(keys, "healthlake", "us-east-1").add_auth(request)
        answer = URLLib3Session().send(request.prepare())
        assert answer.status_code == 200, answer.text
        self.clock.advance(10.0)


@pytest.fixture(scope="module")
def running() -> Iterator[Account]:
    clock = ManualClock(float(int(time.time())))
    with serve(clock=clock) as cloud:
        quick = {
            "lake_create": 1.0,
            "lake_update": 1.0,
            "lake_delete": 1.0,
            "imaging_create": 1.0,
            "export": 1.0,
        }
        cloud.settings(throttled=False, stores=1_000_000, **quick)
        yield Account(cloud, clock)


@pytest.fixture
def account(running: Account) -> Account:
    running.cloud.reset()
    return running


CREATIONS = itertools.count()


def checked(kind: Kind, args: Args, olds: Args | None = None) -> Args:
    """The inputs that a check makes of arguments; there is nothing to refuse in them."""
    around = Surroundings(name="it", seed=b"%d" % next(CREATIONS), region="us-east-1")
    inputs, faults = check(kind, olds or {}, args, around)
    assert not faults, faults
    return inputs


# Arguments that AWS takes

# Whether a caller may send DISABLED is not known: the provider warns of it, and the sandbox refuses it.
pausable = st.fixed_dictionaries({"status": st.sampled_from(["ENABLED", "PAUSED"])})
switch = st.fixed_dictionaries({"status": st.sampled_from(["ENABLED", "DISABLED"])})
names = st.text("abcXYZ-0", min_size=1, max_size=4)
tags = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), max_size=3)
keys = st.sampled_from([KEY, f"key/{KEY}", KEY_ARN, "alias/records"]).map(
    lambda key: {"cmk_type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": key}
)
encryption = (keys | st.just({"cmk_type": "AWS_OWNED_KMS_KEY"})).map(
    lambda key: {"kms_encryption_config": key}
)
metadata = st.tuples(st.permutations(list(SMART)), st.sampled_from([None, 2])).map(
    lambda drawn: json.dumps({name: SMART[name] for name in drawn[0]}, indent=drawn[1])
)
identity = st.fixed_dictionaries(
    {"authorization_strategy": st.just("AWS_AUTH")},
    optional={"fine_grained_authorization_enabled": st.booleans()},
) | st.fixed_dictionaries(
    {
        "authorization_strategy": st.sampled_from(["SMART_ON_FHIR", "SMART_ON_FHIR_V1"]),
        "metadata": metadata,
        "idp_lambda_arn": st.just(FUNCTION),
    },
    optional={"fine_grained_authorization_enabled": st.booleans()},
)
backups = st.fixed_dictionaries(
    {"status": st.just("ENABLED")},
    optional={
        "backup_type": st.just("CONTINUOUS"),
        "retention_period_in_days": st.integers(1, 30).map(float),
        "backup_tags_enabled": st.booleans(),
    },
) | st.just({"status": "DISABLED"})
profiles = st.fixed_dictionaries(
    {"default_profiles": st.lists(st.sampled_from(["http://one", "http://two"]), unique=True, min_size=1)}
)

CHANGEABLE: dict[str, st.SearchStrategy[Any]] = {
    "datastore_name": names,
    "identity_provider_configuration": identity,
    "analytics_configuration": pausable,
    "nlp_configuration": switch,
    "profile_configuration": profiles,
    "backup_configuration": backups,
    "tags": tags,
}
FIXED: dict[str, st.SearchStrategy[Any]] = {
    "sse_configuration": encryption,
    "preload_data_type": st.just("SYNTHEA"),
}
lake_args = st.fixed_dictionaries(
    {"datastore_type_version": st.just("R4"), "datastore_name": names},
    optional={name: each for name, each in (CHANGEABLE | FIXED).items() if name != "datastore_name"},
)
image_args = st.fixed_dictionaries(
    {"datastore_name": names},
    optional={
        "kms_key_arn": st.just(KEY_ARN),
        "lambda_authorizer_arn": st.just(FUNCTION),
        "lossless_storage_format": st.sampled_from(["HTJ2K", "JPEG_2000_LOSSLESS"]),
        "tags": tags,
    },
)


# What changes in place


@given(lake_args, lake_args)
@settings(LAW, max_examples=200)
def test_the_verdict_is_what_aws_accepts_in_place(account: Account, olds: Args, news: Args) -> None:
    before, after = checked(LAKE, olds), checked(LAKE, news)
    store = account.cloud.add_store("healthlake", LAKE.inputs(before))
    arn = f"arn:aws:healthlake:us-east-1:123456789012:datastore/fhir/{store}"
    found = diff(LAKE, store, {**before, "datastore_arn": arn}, after)
    account.ask_in_place(store, {name: value for name, value in LAKE.inputs(after).items() if name != "Tags"})
    live = account.live(LAKE, store)
    for name in after.keys() & {*CHANGEABLE, *FIXED} - {"tags"}:
        assert is_as_asked(after[name], live.get(name)) == (name not in found.replaces), (
            name,
            after[name],
            live.get(name),
        )


def is_as_asked(asked: Any, live: Any) -> bool:
    """Whether AWS reports what was asked for, with its own name of a key."""
    if isinstance(asked, dict) and "kms_encryption_config" in asked:
        asked, live = dict(asked["kms_encryption_config"]), (live or {}).get("kms_encryption_config") or {}
        name = asked.get("kms_key_id", "").removeprefix("key/")
        return bool(asked["cmk_type"] == live.get("cmk_type") and live.get("kms_key_id", "").endswith(name))
    return covers(asked, live)


def test_nothing_of_an_imaging_store_but_its_tags_can_be_changed_in_place() -> None:
    model = boto3.Session(region_name="us-east-1").client("medical-imaging").meta.service_model
    assert [name for name in model.operation_names if name.startswith("Update") and "Datastore" in name] == []
    assert set(IMAGES.by(Change.UPDATE) + IMAGES.by(Change.RUN)) == set()


@given(lake_args, lake_args)
@settings(LAW, max_examples=100)
def test_an_update_in_place_brings_aws_to_the_program_and_leaves_nothing_to_do(
    account: Account, olds: Args, news: Args
) -> None:
    before = checked(LAKE, olds)
    made = account.create(LAKE, before)
    after = checked(LAKE, {**news, **{name: olds.get(name) for name in FIXED}}, before)
    found = diff(LAKE, made.id, made.outputs, after)
    assert not found.replaces
    updated = account.update(LAKE, made, after)
    live = account.live(LAKE, made.id)
    for name in CHANGEABLE:
        assert after.get(name) is None or covers(after[name], live.get(name)), (name, live.get(name))
    assert not diff(LAKE, made.id, updated.outputs, after)
    assert not diff(LAKE, made.id, account.refresh(LAKE, updated).outputs, after)


# What the service fills in


def combinations(values: Mapping[str, Any]) -> Iterator[Args]:
    """Every choice of some of the values."""
    for chosen in itertools.product([False, True], repeat=len(values)):
        yield {name: value for (name, value), taken in zip(values.items(), chosen, strict=True) if taken}


ALL_OF_LAKE: Args = {
    "datastore_name": "records",
    "sse_configuration": {
        "kms_encryption_config": {"cmk_type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": "alias/records"}
    },
    "preload_data_type": "SYNTHEA",
    "identity_provider_configuration": {
        "authorization_strategy": "SMART_ON_FHIR",
        "metadata": json.dumps(SMART, indent=1),
        "idp_lambda_arn": FUNCTION,
    },
    "analytics_configuration": {"status": "ENABLED"},
    "nlp_configuration": {"status": "DISABLED"},
    "profile_configuration": {"default_profiles": ["http://one"]},
    "backup_configuration": {"status": "ENABLED", "retention_period_in_days": 7.0},
    "tags": {"team": "a"},
}
EXPORT = {
    "output_s3_uri": "s3://exports/out",
    "output_kms_key_id": KEY_ARN,
    "data_access_role_arn": "arn:aws:iam::123456789012:role/export",
}
ALL_OF_IMAGES: Args = {
    "datastore_name": "images",
    "kms_key_arn": KEY_ARN,
    "lambda_authorizer_arn": FUNCTION,
    "lossless_storage_format": "JPEG_2000_LOSSLESS",
    "tags": {"team": "a"},
    "force_destroy": True,
}


def assert_settled(account: Account, kind: Kind, args: Args) -> None:
    """Make a store, refresh it twice: there is nothing to do."""
    inputs = checked(kind, args)
    made = account.create(kind, inputs)
    assert not diff(kind, made.id, made.outputs, inputs)
    refreshed = account.refresh(kind, made)
    assert refreshed.outputs == made.outputs, args
    assert account.refresh(kind, refreshed).outputs == made.outputs, args
    again = checked(kind, args, inputs)
    assert not diff(kind, made.id, refreshed.outputs, again), args


@pytest.mark.parametrize("export", [None, EXPORT], ids=["alone", "exported"])
def test_every_combination_of_a_lakes_properties_is_settled_once_made(
    account: Account, export: Args | None
) -> None:
    optional = {name: value for name, value in ALL_OF_LAKE.items() if name != "datastore_name"}
    for args in combinations(optional):
        assert_settled(account, LAKE, {"datastore_type_version": "R4", "export": export, **args})


def test_every_combination_of_an_imaging_stores_properties_is_settled_once_made(account: Account) -> None:
    for args in combinations(ALL_OF_IMAGES):
        assert_settled(account, IMAGES, args)


def test_every_combination_of_an_exports_properties_is_settled_once_made(account: Account) -> None:
    store = account.cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    for args in combinations({"job_name": "nightly", "triggers": {"run": 1.0}}):
        assert_settled(account, EXPORTS, {"datastore_id": store, **EXPORT, **args})


# What was changed outside


@given(lake_args, st.fixed_dictionaries({}, optional=CHANGEABLE))
@settings(LAW, max_examples=100)
def test_a_refresh_finds_exactly_what_was_changed_outside_and_an_update_puts_it_back(
    account: Account, args: Args, outside: Args
) -> None:
    inputs = checked(LAKE, args)
    made = account.create(LAKE, inputs)
    change_outside(account, made.id, outside)
    refreshed = account.refresh(LAKE, made)
    managed = {name: args[name] for name in CHANGEABLE if name in args}
    live = account.live(LAKE, made.id)
    changed = {name for name, value in managed.items() if not has(live, name, value)}
    found = diff(LAKE, made.id, refreshed.outputs, inputs)
    assert (found.replaces, set(found.updates)) == ((), changed)
    back = account.update(LAKE, refreshed, inputs)
    assert not diff(LAKE, made.id, account.refresh(LAKE, back).outputs, inputs)


def has(live: Args, name: str, value: Any) -> bool:
    """Whether a store has what was asked for; of tags it must have no other ones."""
    return live.get(name, {}) == value if name == "tags" else covers(value, live.get(name))


def change_outside(account: Account, store_id: str, values: Args) -> None:
    """Change a store as somebody else would, and let the change come about."""
    members = LAKE.inputs({**values, "tags": None})
    if members:
        account.ask_in_place(store_id, members)
    if "tags" in values:
        account.cloud.set_tags(store_id, values["tags"])


@pytest.mark.parametrize("name", ["profile_configuration", "identity_provider_configuration"])
def test_what_was_taken_away_outside_is_a_change(account: Account, name: str) -> None:
    inputs = checked(LAKE, {"datastore_type_version": "R4", name: ALL_OF_LAKE[name]})
    made = account.create(LAKE, inputs)
    member = {row.name: row.member for row in LAKE.properties}[name]
    account.cloud.set_config(made.id, {member: {}})
    assert set(diff(LAKE, made.id, account.refresh(LAKE, made).outputs, inputs).updates) == {name}


@given(image_args, tags.filter(bool), tags)
@settings(LAW, max_examples=50)
def test_tags_that_were_changed_outside_are_put_back(
    account: Account, args: Args, own: Args, outside: Args
) -> None:
    assume(own != outside)
    inputs = checked(IMAGES, {**args, "tags": own})
    made = account.create(IMAGES, inputs)
    account.cloud.set_tags(made.id, outside)
    refreshed = account.refresh(IMAGES, made)
    assert set(diff(IMAGES, made.id, refreshed.outputs, inputs).updates) == {"tags"}
    account.update(IMAGES, refreshed, inputs)
    assert account.cloud.store(made.id).tags == own


# What is leaving


def test_a_store_that_is_being_deleted_outside_is_replaced_and_waited_out(account: Account) -> None:
    inputs = checked(LAKE, {"datastore_type_version": "R4"})
    made = account.create(LAKE, inputs)
    keys = {
        "aws_access_key_id": account.cloud.env["AWS_ACCESS_KEY_ID"],
        "aws_secret_access_key": account.cloud.env["AWS_SECRET_ACCESS_KEY"],
    }
    lake = boto3.client("healthlake", "us-east-1", endpoint_url=account.cloud.url, **keys)
    lake.delete_fhir_datastore(DatastoreId=made.id)
    refreshed = account.refresh(LAKE, made)
    assert refreshed.outputs["datastore_status"] == "DELETING"
    assert diff(LAKE, made.id, refreshed.outputs, inputs).replaces == ("datastore_status",)
    delete(LAKE, made.id, refreshed.outputs, account.session(LAKE))
    assert account.cloud.store(made.id).status == "DELETED"
    assert read(LAKE, made.id, refreshed.outputs, account.session(LAKE)) is None
