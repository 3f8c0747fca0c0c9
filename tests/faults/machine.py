"""A state machine of two stacks of one resource each, which any face of the provider can play."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from provider.dynamic.host import Cancellation
from provider.kinds.row import Row
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE
from provider.verbs.claims import KEY, Claim, Stage
from sandbox.aws import IMAGING, LAKE, ManualClock, StoreView, environment
from sandbox.aws.faults import Kind
from sandbox.aws.gateway import Cloud
from tests.faults.scenes import EXPORT, IMAGES, RECORDS, Props
from tests.faults.schedules.playing import DURATIONS
from tests.faults.stack import FailedError, Held, KilledError, Stack, nothing
from tests.faults.transport import URL, Desk, Wire

SCHEDULES = int(os.environ.get("SCHEDULES", "210"))
STEPS = 10
DEADLINE = 400.0
KEYS = [None, *(f"arn:aws:kms:us-east-1:123456789012:key/{n * 8}-12ab-34cd-56ef-1234567890ab" for n in "12")]
OPERATIONS = {
    IMAGING: (
        *("ListDatastores", "CreateDatastore", "GetDatastore", "DeleteDatastore"),
        *("TagResource", "UntagResource"),
    ),
    LAKE: (
        *("ListFHIRDatastores", "CreateFHIRDatastore", "DescribeFHIRDatastore", "DeleteFHIRDatastore"),
        *("TagResource", "UntagResource", "UpdateFHIRDatastore"),
        *("StartFHIRExportJob", "DescribeFHIRExportJob"),
    ),
}
FAULTS: list[Kind] = ["throttle", "error", "reset", "hang", "lose", "deny", "expire"]


@dataclass(frozen=True)
class Subject:
    """What plays one of the two parts.

    Attributes:
        kind: The kind of its resources.
        name: The resource's name in the program.
        first: Its properties at first.
        others: The parameters of a resource of others.
        drawn: Its properties, of those that are drawn for the part.
    """

    kind: Row
    name: str
    first: Props
    others: Props
    drawn: Callable[[Props], Props] = dict


PARTS: dict[str, Subject] = {
    IMAGING: Subject(
        HEALTH_IMAGING_DATASTORE, "images", IMAGES, {"datastoreName": "images", "tags": {"owner": "others"}}
    ),
    LAKE: Subject(
        HEALTHLAKE_DATASTORE, "records", RECORDS, {"DatastoreName": "records", "DatastoreTypeVersion": "R4"}
    ),
}
services = st.sampled_from([IMAGING, LAKE])
endings = st.sampled_from(["", "", "loses_state", "is_cut_short"])
tags = st.sampled_from([{}, {"team": "a"}, {"team": "b"}, {"team": "b", "old": "1"}])
images = st.builds(
    lambda tags, key: {**IMAGES, "tags": tags, "kms_key_arn": key}, tags, st.sampled_from(KEYS)
)
records = st.builds(
    lambda tags, nlp, preload, uri, export: {
        **RECORDS,
        "tags": tags,
        "nlp_configuration": {"status": nlp},
        "preload_data_type": preload,
        "export": {**EXPORT, "output_s3_uri": uri} if export else None,
    },
    tags,
    st.sampled_from(["ENABLED", "DISABLED"]),
    st.sampled_from([None, "SYNTHEA"]),
    st.sampled_from(["s3://exports/one", "s3://exports/two"]),
    st.booleans(),
)
WIRE = Wire()


class Schedules(RuleBasedStateMachine):
    """Two stores of one stack each, in an account with others' stores."""

    parts = PARTS
    stack_type: ClassVar[type[Stack]] = Stack

    def __init__(self) -> None:
        super().__init__()
        clock = ManualClock()
        cloud = Cloud(clock=clock)
        WIRE.cloud = cloud
        self.desk = Desk(cloud)
        self.desk.settings(**DURATIONS)
        self.stacks = {
            part: self.stack_type(each.kind, clock, name=each.name, caller=WIRE.caller)
            for part, each in self.parts.items()
        }
        self.props: dict[str, Any] = {part: dict(each.first) for part, each in self.parts.items()}
        claim = Claim.of("organization", f"{self.stacks[IMAGING].urn} of others", "t")
        self.others = {
            *(self.desk.add_store(each.kind.service, each.others) for each in self.parts.values()),
            self.desk.add_store(IMAGING, {"datastoreName": "images", "tags": claim.tags}),
        }
        self.taken_away: set[str] = set()
        self.may_go: set[str] = set()

    # What the user does

    @rule(service=services, pictures=images, papers=records)
    def change_the_program(self, service: str, pictures: Any, papers: Any) -> None:
        self.props[service] = self.parts[service].drawn(pictures if service == IMAGING else papers)

    @rule(service=services, ending=endings)
    def up(self, service: str, ending: str) -> None:
        self._up(service, ending)

    @rule(service=services, pictures=images, papers=records, ending=endings)
    def change_the_program_and_go_up(self, service: str, pictures: Any, papers: Any, ending: str) -> None:
        self.change_the_program(service, pictures, papers)
        self._up(service, ending)

    @rule(service=services, ending=endings)
    def replace_the_store(self, service: str, ending: str) -> None:
        self._up(service, ending, replace=True)

    @rule(service=services)
    def refresh(self, service: str) -> None:
        stack = self.stacks[service]
        if self._try(stack.refresh, service) and stack.held is not None:
            assert stack.held.id in {store.id for store in self.desk.stores()}, "the state names what is gone"

    @rule(service=services)
    def destroy(self, service: str) -> None:
        stack = self.stacks[service]
        self.may_go |= stack.ids
        if self._try(stack.destroy, service):
            assert not stack.ids

    @rule(seconds=st.sampled_from([1, 20, 100, 4000]))
    def wait(self, seconds: float) -> None:
        self.desk.advance(seconds)

    # What goes wrong

    @rule(
        service=services,
        index=st.integers(0, 8),
        kind=st.sampled_from(FAULTS),
        calls=st.sampled_from([(1,), (1, 2), (2,), (3, 4, 5), None]),
    )
    def let_requests_fail(self, service: str, index: int, kind: Kind, calls: Any) -> None:
        service = self.parts[service].kind.service
        names = OPERATIONS[service]
        self.desk.fault(f"{service}.{names[index % len(names)]}", kind, calls=calls)

    @rule(service=services, number=st.integers(0, 25), moment=st.sampled_from(["before", "after"]))
    def kill_the_next_run(self, service: str, number: int, moment: str) -> None:
        def kill(_: Cancellation) -> None:
            raise KilledError

        self.stacks[service].hook = at_request(number, moment, kill)

    @rule(service=services, number=st.integers(0, 25), moment=st.sampled_from(["before", "after"]))
    def interrupt_the_next_run(self, service: str, number: int, moment: str) -> None:
        self.stacks[service].hook = at_request(number, moment, lambda c: c.cancel("the engine asked to stop"))

    @rule(what=st.sampled_from(["create", "update", "delete", "export"]), stuck=st.booleans())
    def let_the_next_one_fail(self, what: str, stuck: bool) -> None:  # noqa: FBT001 - Hypothesis passes it by name
        orders: dict[tuple[str, bool], Callable[[], None]] = {
            ("create", True): self.desk.stick_next_create,
            ("create", False): self.desk.fail_next_create,
            ("update", True): self.desk.stick_next_update,
            ("update", False): self.desk.fail_next_update,
            ("delete", True): self.desk.stick_next_delete,
            ("export", True): lambda: self.desk.end_next_export("IN_PROGRESS"),
            ("export", False): lambda: self.desk.end_next_export("FAILED"),
        }
        orders.get((what, stuck), lambda: None)()

    # What others do

    @rule(service=services, is_seen=st.booleans())
    def take_the_store_away(self, service: str, is_seen: bool) -> None:  # noqa: FBT001 - see below
        for store in self._mine(service)[:1]:
            self.taken_away.add(store.id)
            if is_seen:
                self.desk.force_status(store.id, "DELETED")
            else:
                self.desk.remove_store(store.id)

    @rule(service=services)
    def retag_the_store(self, service: str) -> None:
        for store in self._mine(service)[:1]:
            claim = {key: value for key, value in store.tags.items() if key == KEY}
            self.desk.set_tags(store.id, {"by": "others", **claim})

    @rule()
    def rename_the_store(self) -> None:
        for store in self._mine(LAKE)[:1]:
            self.desk.rename(store.id, "by-others")

    # What must always hold

    @invariant()
    def no_store_is_without_an_owner(self) -> None:
        for service, stack in self.stacks.items():
            for store in self._living(service):
                assert store.id in stack.ids or self._is_claimed(store, service), store

    @invariant()
    def no_store_is_there_twice(self) -> None:
        for service in self.stacks:
            unanswered = [store for store in self._lost(service) if not self._is_answered(store)]
            assert len(unanswered) <= 1, unanswered

    @invariant()
    def nothing_is_deleted_that_is_wanted(self) -> None:
        ids = {store.id for store in self.desk.stores()}
        assert ids >= self.others
        leaving = {store.id for store in self.desk.stores() if store.status == "DELETING"}
        for stack in self.stacks.values():
            if stack.held is not None and stack.held.id not in self.may_go | self.taken_away:
                assert stack.held.id in ids - leaving

    def teardown(self) -> None:
        """Once nothing goes wrong any more, two runs put everything right, and a destroy leaves nothing."""
        self.desk.clear_faults()
        self.desk.clear_orders()
        for service, stack in self.stacks.items():
            self._calm(stack)
            stack.timeout = None
            self._free(service)
            self._clear_up(service)
            self._until_good(stack.refresh)
            # A replacement that was lost and is no longer planned is taken over by another replacement.
            self._until_good(partial(stack.up, self.props[service], replace=bool(self._lost(service))))
            assert stack.held is not None
            assert not stack.would_change(self.props[service])
            assert [store.id for store in self._mine(service)] == [stack.held.id]
            assert self._mine(service)[0].status == "ACTIVE"
            assert KEY not in self._mine(service)[0].tags
            self._exported_as_wanted(service, stack.held)
            self._until_good(stack.destroy)
            assert self._mine(service) == []
        assert {store.id for store in self.desk.stores()} == self.others

    def _clear_up(self, service: str) -> None:
        """Do what the error says of a store whose answer came into no state: its user deletes it here."""
        for store in self._lost(service):
            if self._is_answered(store):
                self.desk.remove_store(store.id)

    # Helpers

    def _up(self, service: str, ending: str, *, replace: bool = False) -> None:
        stack = self.stacks[service]
        before = stack.ids
        if ending:
            setattr(stack, ending, True)
        self._try(lambda: stack.up(self.props[service], replace=replace), service)
        self.may_go |= before - ({stack.held.id} if stack.held else set())

    def _exported_as_wanted(self, service: str, held: Held) -> None:
        wanted = self.props[service].get("export")
        if wanted is None:
            return
        jobs = {job.id: job for job in self.desk.jobs()}
        assert held.outputs.get("job_id") in jobs
        job = jobs[held.outputs["job_id"]]
        assert (job.status, job.store_id) == ("COMPLETED", held.id)
        assert job.config["OutputDataConfig"]["S3Configuration"]["S3Uri"].startswith(wanted["output_s3_uri"])

    def _try(self, act: Callable[[], None], service: str) -> bool:
        stack = self.stacks[service]
        stack.timeout = DEADLINE
        try:
            act()
        except (FailedError, KilledError):
            return False
        finally:
            self._calm(stack)
        return True

    def _calm(self, stack: Stack) -> None:
        stack.hook, stack.loses_state, stack.is_cut_short = nothing, False, False

    def _until_good(self, act: Callable[[], None], most: int = 3) -> None:
        for _ in range(most - 1):
            try:
                act()
            except FailedError:
                self.desk.advance(600)
            else:
                return
        act()

    def _free(self, service: str) -> None:
        """Let what is stuck end as it should."""
        for store in self._mine(service):
            if store.status == "DELETING":
                self.desk.remove_store(store.id)
            elif store.status in {"CREATING", "UPDATING"}:
                self.desk.force_status(store.id, "ACTIVE")
        for job in self.desk.jobs():
            if job.status == "IN_PROGRESS":
                self.desk.force_job_status(job.id, "COMPLETED")

    def _mine(self, service: str) -> list[StoreView]:
        stores = self.desk.stores(service=self.parts[service].kind.service)
        return [store for store in stores if store.id not in self.others]

    def _living(self, service: str) -> list[StoreView]:
        gone = {"DELETING", "DELETED", "CREATE_FAILED"}
        return [store for store in self._mine(service) if store.status not in gone]

    def _lost(self, service: str) -> list[StoreView]:
        return [store for store in self._living(service) if store.id not in self.stacks[service].ids]

    def _is_answered(self, store: StoreView) -> bool:
        claim = Claim.parse(store.tags)
        return claim is not None and claim.stage is Stage.ANSWERED

    def _is_claimed(self, store: StoreView, service: str) -> bool:
        claim = Claim.parse(store.tags)
        return (
            claim is not None and claim.owner == Claim.of("organization", self.stacks[service].urn, "").owner
        )


def at_request(
    number: int, moment: str, act: Callable[[Cancellation], None]
) -> Callable[[str, str, Cancellation], None]:
    """Return a hook that does something at the request of that number."""
    seen = iter(range(1000))

    def hook(_operation: str, when: str, cancellation: Cancellation) -> None:
        if when == moment and next(seen) == number:
            act(cancellation)

    return hook


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(URL).items():
        monkeypatch.setenv(name, value)


PLAN = settings(
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
