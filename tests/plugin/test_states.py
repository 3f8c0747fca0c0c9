"""Each face reads the states of the other one: what the engine does with them is in ``test_moving``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from provider.engine.schema import schema, to_programs, to_verbs
from provider.kinds.table import KINDS
from sandbox.aws import LAKE, ManualClock, Sandbox, serve
from tests.faults.scenes import EXPORT, IMAGES, RECORDS
from tests.faults.stack import Stack
from tests.plugin.harness import SOME, Life, Plugin, token

if TYPE_CHECKING:
    from collections.abc import Callable

LAKE_CONFIGURATION: dict[str, Any] = {
    "identity_provider_configuration": {
        "authorization_strategy": "AWS_AUTH",
        "fine_grained_authorization_enabled": True,
    },
    "analytics_configuration": {"status": "ENABLED"},
    "profile_configuration": {"default_profiles": ["http://hl7.org/fhir/us/core"]},
    "backup_configuration": {"status": "ENABLED", "retention_period_in_days": 7},
}
PROGRAMS = [
    pytest.param("HealthImagingDatastore", {**IMAGES, "lossless_storage_format": "HTJ2K"}, id="images"),
    pytest.param("HealthLakeDatastore", {**RECORDS, **LAKE_CONFIGURATION}, id="records"),
    pytest.param("HealthLakeExport", {**EXPORT, "triggers": {"someKey": "1", "other_key": "2"}}, id="export"),
]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def account(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    with serve(clock=clock) as cloud:
        for name, value in cloud.env.items():
            monkeypatch.setenv(name, value)
        yield cloud


def spelt(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    specs = schema()["resources"][token(kind)]
    return to_programs(values, {**specs["properties"], **specs["inputProperties"]})


@pytest.mark.parametrize(("kind", "program"), PROGRAMS)
def test_the_dynamic_face_renews_a_state_of_the_plugin_and_keeps_what_it_holds(
    kind: str, program: dict[str, Any], account: Sandbox, clock: ManualClock
) -> None:
    if kind == "HealthLakeExport":
        store = account.add_store(LAKE, {"DatastoreName": "others", "DatastoreTypeVersion": "R4"})
        program = {**program, "datastore_id": store}
    stack = Stack(KINDS[kind], clock)
    stack.up(program)
    assert stack.held is not None
    before = stack.held.id
    stack.held.inputs = spelt(kind, stack.held.inputs)
    stack.held.outputs = spelt(kind, stack.held.outputs)
    assert stack.would_change(program)
    stack.up(program)
    assert stack.held.id == before
    assert not [name for name in stack.held.outputs if name != name.lower()]
    assert not stack.would_change(program)


def test_the_plugin_renews_a_state_of_a_dynamic_resource_and_keeps_what_it_holds(
    start: Callable[..., Plugin],
) -> None:
    life = Life(start(), "HealthLakeDatastore", "records")
    program = spelt("HealthLakeDatastore", {**RECORDS, **LAKE_CONFIGURATION})
    life.create(program)
    specs = schema()["resources"][token("HealthLakeDatastore")]
    known = {**specs["properties"], **specs["inputProperties"]}
    before = life.id
    life.inputs = {**to_verbs(life.inputs, known), "__provider": "a class"}
    life.outputs = {**to_verbs(life.outputs, known), "__provider": "a class"}
    found = life.update(program)
    assert (found.changes, list(found.replaces), dict(found.detailedDiff)) == (SOME, [], {})
    assert life.id == before
    assert "__provider" not in life.outputs
    assert life.diff(life.checked(program)).changes != SOME
