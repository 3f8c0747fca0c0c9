"""The fault matrix: whatever goes wrong at whichever request, one more up ends in one store.

Reads lag behind writes here; ``test_prompt`` has the cells that go another way where they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from provider.aws.caller import AwsCaller
from provider.kinds.table import HEALTHLAKE_EXPORT
from provider.verbs.claims import KEY
from sandbox.aws import Control, ManualClock, Sandbox, serve
from sandbox.aws.gateway import Cloud
from sandbox.aws.operations import PACKAGES
from tests.faults.scenes import ROWS, SCENES, Scene, furnish
from tests.faults.stack import FailedError, KilledError, Stack
from tests.faults.table import CELL
from tests.faults.transport import Desk, Wire
from tests.foreign import ec2
from tests.foreign.rows import SERVICE, VOLUME

if TYPE_CHECKING:
    from provider.arazzo import Caller
    from provider.dynamic.host import Cancellation

READ_TIMEOUT = "0.25"
HANGS = 0.6
"""Seconds of silence: longer than the read timeout."""

LAG = 10.0
"""Seconds by which reads lag behind writes; as long as the waits between two polls, or longer."""

DURATIONS = {
    "imaging_create": 30,
    "imaging_delete": 15,
    "lake_create": 60,
    "lake_update": 30,
    "lake_delete": 30,
    "export": 20,
}
"""Shorter than AWS's, for fewer polls; the pace of creates and deletes stays AWS's."""

DEADLINE = 600.0
"""How long a run may take that meets a fault which does not end."""

SOONER = {"imaging_create": 10, "imaging_delete": 5, "lake_update": 10}
SOONER_DEADLINE = 100.0
"""For a service without AWS's pace of creates: the same cells take less of the tests' time."""


@dataclass
class Stage:
    """A scene with its account and its stack."""

    scene: Scene
    cloud: Control
    stack: Stack
    others: set[str]

    @property
    def mine(self) -> set[str]:
        """The ids of the stores, or jobs, that are not others'."""
        return {item.id for item in self.cloud.stores()} - self.others

    @property
    def jobs(self) -> set[str]:
        return {job.id for job in self.cloud.jobs()}


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def account(clock: ManualClock) -> Iterator[Sandbox]:
    """One account for all, so that they share the clients as well."""
    with serve(clock=clock, lag=LAG) as cloud, pytest.MonkeyPatch.context() as patch:
        for name, value in {**cloud.env, "PULUMI_HEALTH_READ_TIMEOUT": READ_TIMEOUT}.items():
            patch.setenv(name, value)
        cloud.settings(**DURATIONS)
        yield cloud


@pytest.fixture(scope="module")
def foreign(account: Sandbox, clock: ManualClock) -> tuple[Control, Callable[[Any], Caller]]:
    """An account with a service that the sandbox does not have, in this process, and what calls it.

    Its reads lag behind as those of the other account do.
    """
    wire = Wire()
    wire.cloud = Cloud(clock=clock, packages={**PACKAGES, SERVICE: ec2})
    desk = Desk(wire.cloud)
    desk.settings(**SOONER, lag=account.settings()["lag"])
    return desk, wire.caller


@pytest.fixture
def stage(scene: Scene, request: pytest.FixtureRequest, clock: ManualClock) -> Stage:
    account, caller = request.getfixturevalue("account"), AwsCaller
    if scene.kind is VOLUME:
        account, caller = request.getfixturevalue("foreign")
    return staged(scene, account, Stack(scene.kind, clock, caller=caller))


def staged(scene: Scene, account: Control, stack: Stack) -> Stage:
    """Put up a scene in an account."""
    account.reset()
    scene = furnish(account, scene)
    others = {store.id for store in account.stores()}
    account.advance(100)
    if scene.before is not None:
        stack.up(scene.before)
    account.advance(3600)
    account.clear_journal()
    return Stage(scene, account, stack, others)


def run_until_good(stage: Stage, most: int = 2) -> int:
    """Act, then run ups until one is good; return how many runs it took in all."""
    try:
        stage.scene.act(stage.stack, stage.scene.props)
    except (FailedError, KilledError):
        calm(stage)
        for count in range(2, most + 1):
            try:
                again(stage)
            except FailedError:
                if count == most:
                    raise
            else:
                return count
        raise
    calm(stage)
    return 1


def again(stage: Stage) -> None:
    """The next run: the same command where nothing is to be there, an up else."""
    if stage.scene.verb == "delete":
        stage.stack.destroy()
    else:
        stage.stack.up(stage.scene.props)


def calm(stage: Stage) -> None:
    """Let nothing go wrong any more."""
    stage.cloud.clear_faults()
    stage.cloud.clear_orders()
    stage.cloud.advance(100)
    stage.stack.hook = lambda _operation, _moment, _cancellation: None
    stage.stack.timeout = None


def agree(stage: Stage) -> None:
    """State and cloud agree on one resource, up to date; then a destroy leaves nothing."""
    stack, cloud, scene = stage.stack, stage.cloud, stage.scene
    if scene.verb != "delete":
        stack.refresh()
        assert stack.held is not None
        assert stack.held.is_initialised
        assert not stack.leaving
        stack.up(scene.props)
        if scene.kind is HEALTHLAKE_EXPORT:
            assert stack.held.id in stage.jobs
            assert stage.mine == set()
        else:
            assert stage.mine == {stack.held.id}
            (store,) = [store for store in cloud.stores() if store.id == stack.held.id]
            assert (store.status, store.tags) == ("ACTIVE", scene.props["tags"])
    stack.destroy()
    assert (stage.mine, stack.ids) == (set(), set())
    assert all(KEY not in store.tags for store in cloud.stores())
    assert {store.id for store in cloud.stores()} == stage.others


@dataclass(frozen=True)
class Fault:
    """A column of the table: what goes wrong with a request, and how often."""

    name: str
    order: Callable[[Stage, str], None]


def strikes(kind: Any, calls: tuple[int, ...] | None, **details: Any) -> Callable[[Stage, str], None]:
    """Order a fault of the sandbox."""

    def order(stage: Stage, operation: str) -> None:
        stage.cloud.fault(f"{stage.scene.kind.service}.{operation}", kind, calls=calls, **details)

    return order


def killed(moment: str) -> Callable[[Stage, str], None]:
    """Kill the provider's process at a request: nothing of the run reaches the state."""

    def order(stage: Stage, operation: str) -> None:
        def hook(name: str, when: str, _cancellation: Cancellation) -> None:
            if (name, when) == (operation, moment):
                raise KilledError

        stage.stack.hook = hook

    return order


def cancelled(stage: Stage, operation: str) -> None:
    """Press Ctrl-C while a request is under way."""

    def hook(name: str, when: str, cancellation: Cancellation) -> None:
        if (name, when) == (operation, "before"):
            cancellation.cancel("the engine asked to stop")

    stage.stack.hook = hook


LOSING = {"answers lost", "killed before", "killed after"}
"""Faults after which no state holds an export that AWS has begun: once that has ended, another one runs."""

FAULTS = (
    Fault("throttled once", strikes("throttle", (1,))),
    Fault("500 once", strikes("error", (1,))),
    Fault("reset once", strikes("reset", (1,))),
    Fault("hangs once", strikes("hang", (1,), seconds=HANGS)),
    Fault("answer lost", strikes("lose", (1,))),
    Fault("throttled", strikes("throttle", None)),
    Fault("500", strikes("error", None)),
    Fault("reset", strikes("reset", None)),
    Fault("answers lost", strikes("lose", None)),
    Fault("denied", strikes("deny", None)),
    Fault("expired", strikes("expire", None)),
    Fault("killed before", killed("before")),
    Fault("killed after", killed("after")),
    Fault("Ctrl-C", cancelled),
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_makes_the_requests_that_the_matrix_goes_through(stage: Stage) -> None:
    stage.scene.act(stage.stack, stage.scene.props)
    asked = {entry.operation for entry in stage.cloud.journal() if entry.service == stage.scene.kind.service}
    assert asked == set(stage.scene.operations)
    agree(stage)


CELLS = [
    pytest.param(scene, operation, fault, id=f"{scene.name}-{operation}-{fault.name}")
    for scene in SCENES
    for operation, fault in product(scene.operations, FAULTS)
]


@pytest.mark.parametrize(("scene", "operation", "fault"), CELLS)
def test_one_more_up_mends_whatever_went_wrong(
    stage: Stage,
    scene: Scene,
    operation: str,
    fault: Fault,
    record_property: Callable[[str, object], None],
) -> None:
    stage.stack.timeout = SOONER_DEADLINE if scene.kind is VOLUME else DEADLINE
    fault.order(stage, operation)
    runs = run_until_good(stage)
    place = (ROWS.index((scene.name, operation)), FAULTS.index(fault))
    record_property(CELL, (*place, scene.name, operation, fault.name, runs))
    agree(stage)
    may_run_again = scene.kind is HEALTHLAKE_EXPORT and fault.name in LOSING
    assert len(stage.jobs) - scene.jobs in ({0, 1} if may_run_again else {0})


@dataclass(frozen=True)
class State:
    """A state that a resource or a job can get into, and how it gets out of it again.

    Attributes:
        name: What the table calls it.
        order: Lets the next one get into it.
        said: What the user is told.
        free: Lets it go on, where it is stuck.
    """

    name: str
    order: Callable[[Control], None]
    said: tuple[str, ...]
    free: Callable[[Stage], None] = lambda _stage: None


def activate(stage: Stage) -> None:
    (store,) = stage.mine
    stage.cloud.force_status(store, "ACTIVE")


def finish_jobs(stage: Stage) -> None:
    for job in stage.cloud.jobs():
        stage.cloud.force_job_status(job.id, "COMPLETED")


def vanish(stage: Stage) -> None:
    (store,) = stage.mine
    stage.cloud.remove_store(store)


CREATE_STUCK = State(
    "stuck",
    lambda cloud: cloud.stick_next_create(),
    ("deadline", "CREATING", "is kept in the state"),
    activate,
)
CREATE_FAILED = State(
    "CREATE_FAILED",
    lambda cloud: cloud.fail_next_create(message="no capacity", category="RETRYABLE_ERROR"),
    ("CREATE_FAILED", "the next `pulumi up` replaces it"),
)
CREATE_FAILED_WITH_CAUSE = replace(
    CREATE_FAILED, said=(*CREATE_FAILED.said, "no capacity", "RETRYABLE_ERROR")
)
"""HealthLake tells the cause, HealthImaging does not."""

UPDATE_STUCK = State("stuck", lambda cloud: cloud.stick_next_update(), ("deadline", "UPDATING"), activate)
UPDATE_FAILED = State(
    "UPDATE_FAILED", lambda cloud: cloud.fail_next_update(message="no such key"), ("no such key",)
)
DELETE_STUCK = State("stuck", lambda cloud: cloud.stick_next_delete(), ("deadline", "DELETING"), vanish)
JOB_STUCK = State(
    "job stuck", lambda cloud: cloud.end_next_export("IN_PROGRESS"), ("deadline", "IN_PROGRESS"), finish_jobs
)
JOB_FAILED = State(
    "job FAILED", lambda cloud: cloud.end_next_export("FAILED", message="no bucket"), ("FAILED", "no bucket")
)
JOB_IN_PART = State(
    "job in part",
    lambda cloud: cloud.end_next_export("COMPLETED_WITH_ERRORS", message="2 files"),
    ("COMPLETED_WITH_ERRORS", "2 files"),
)
JOBS = (JOB_STUCK, JOB_FAILED, JOB_IN_PART)

VOLUME_STUCK = replace(CREATE_STUCK, said=("deadline", "is kept in the state"))
VOLUME_FAILED = replace(CREATE_FAILED, name="error", said=("error", "the next `pulumi up` replaces it"))
VOLUME_UPDATE_STUCK = replace(UPDATE_STUCK, said=("deadline",))
VOLUME_UPDATE_FAILED = replace(UPDATE_FAILED, said=("failed",))
VOLUME_DELETE_STUCK = replace(DELETE_STUCK, said=("deadline",))
"""EC2 describes what is asked for in lists, whose states are told by the documents alone."""

STATES = {
    "HealthImagingDatastore create": (CREATE_STUCK, CREATE_FAILED),
    "HealthImagingDatastore delete": (DELETE_STUCK,),
    "HealthLakeDatastore create": (CREATE_STUCK, CREATE_FAILED_WITH_CAUSE, *JOBS),
    "HealthLakeDatastore update members": (UPDATE_STUCK, UPDATE_FAILED),
    "HealthLakeDatastore export again": JOBS,
    "HealthLakeDatastore delete": (DELETE_STUCK,),
    "Volume create": (VOLUME_STUCK, VOLUME_FAILED),
    "Volume update members": (VOLUME_UPDATE_STUCK, VOLUME_UPDATE_FAILED),
    "Volume delete": (VOLUME_DELETE_STUCK,),
    "HealthLakeExport create": JOBS,
    "HealthLakeExport replace": JOBS,
}


@pytest.mark.parametrize(
    ("scene", "state"),
    [
        pytest.param(scene, state, id=f"{scene.name}-{state.name}")
        for scene in SCENES
        for state in STATES.get(scene.name, ())
    ],
)
def test_one_more_up_mends_a_state_that_leads_nowhere(
    stage: Stage, scene: Scene, state: State, record_property: Callable[[str, object], None]
) -> None:
    stage.stack.timeout = SOONER_DEADLINE if scene.kind is VOLUME else DEADLINE
    state.order(stage.cloud)
    with pytest.raises(FailedError) as failure:
        stage.scene.act(stage.stack, stage.scene.props)
    assert all(text in str(failure.value) for text in state.said), failure.value
    held = stage.stack.held
    assert held is not None
    calm(stage)
    state.free(stage)
    again(stage)
    place = (len(ROWS) + list(STATES).index(scene.name), len(FAULTS))
    record_property(CELL, (*place, scene.name, "its state", state.name, 2))
    if stage.scene.verb == "create" and "STUCK" in state.name.upper():
        assert stage.stack.held is not None
        assert stage.stack.held.id == held.id
    agree(stage)
