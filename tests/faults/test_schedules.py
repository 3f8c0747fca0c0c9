"""Random schedules of edits, runs, faults, kills and changes from outside keep what must always hold.

They are drawn from fixed numbers, so that every run plays the same ones; ``python -m tests.faults.schedules``
plays others, also under the pulumi CLI.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from provider.kinds.table import HEALTH_IMAGING_DATASTORE
from provider.verbs.claim_search import claimed_stores
from provider.verbs.claim_tag import take_off
from provider.verbs.claims import Found
from sandbox.aws import environment
from tests.faults.schedules.plans import Plan, Step, drawn
from tests.faults.schedules.playing import failure, play
from tests.faults.schedules.programs import FOREIGN, STOCK
from tests.faults.transport import URL

if TYPE_CHECKING:
    from provider.verbs.claim_search import Owner
    from provider.verbs.claim_tag import ClaimTag
    from provider.verbs.outcome import Made
    from provider.verbs.session import Session

SCHEDULES = int(os.environ.get("SCHEDULES", "210"))
PART = 15


@pytest.fixture(autouse=True)
def signed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(URL).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("first", range(0, SCHEDULES, PART))
def test_random_schedules_keep_what_must_always_hold(first: int) -> None:
    _all_hold(first, STOCK)


def test_random_schedules_of_a_kind_that_the_package_has_never_seen_keep_it_too() -> None:
    _all_hold(0, FOREIGN)


def _all_hold(first: int, sorts: tuple[str, ...]) -> None:
    for seed in range(first, first + PART):
        plan = drawn(seed, sorts=sorts)
        error = failure(plan, sorts)
        if error is not None:
            shown = "\n".join(map(str, plan))
            raise AssertionError(f"python -m tests.faults.schedules --seed {seed}\n{shown}") from error


def test_what_random_schedules_do_is_drawn_from_their_seed_alone() -> None:
    assert drawn(7) == drawn(7) != drawn(8)


def up(**troubles: object) -> Step:
    return Step("run", {"command": "up", **troubles})


def edit(how: str, which: int = 0, to: int = 0) -> Step:
    return Step("edit", {"how": how, "which": which, "to": to})


NO_UNTAG = [["medical-imaging.UntagResource", "deny", None]]


def nothing_is_lost(*_: object) -> Found:
    """In the place of the search for what an interrupted run made."""
    return Found((), ())


def all_are_lost(_kind: object, session: Session, owner: Owner) -> Found:
    """In the place of the search by owner and stage."""
    stores = owner.index.stores(owner.account, lambda: claimed_stores(HEALTH_IMAGING_DATASTORE, session))
    return Found(tuple(stores)[:1], ())


def taken_off_at_once(tag: ClaimTag, made: Made, session: Session, *_: object) -> None:
    """In the place of the mark before an answer."""
    take_off(tag.kind, made.id, {**made.outputs, "tags": {}}, session)


def never_marked(*_: object) -> None:
    """In the place of the mark before an answer."""


BROKEN: list[tuple[str, str, Callable[..., object], Plan]] = [
    (
        "looks for no lost store",
        "provider.verbs.create.search",
        nothing_is_lost,
        (up(stop=[8, "after", "kill"]), edit("tags", to=1), up()),
    ),
    ("takes what others have claimed", "provider.verbs.create.search", all_are_lost, ()),
    (
        "forgets what the state holds",
        "provider.verbs.claims.Known.holds",
        lambda *_: False,
        (up(backend=["late", 0]), edit("replace", to=1), up(faults=NO_UNTAG, must=True)),
    ),
    (
        "takes the claim off too soon",
        "provider.verbs.claim_tag.ClaimTag.answered",
        taken_off_at_once,
        (up(backend=["refuse", 3]),),
    ),
    (
        "marks nothing",
        "provider.verbs.claim_tag.ClaimTag.answered",
        never_marked,
        (up(backend=["late", 0]),),
    ),
    (
        "goes on with nothing",
        "provider.verbs.update._Work.resume",
        lambda *_: None,
        (edit("remove", which=1), up(stop=[8, "after", "cancel"]), up(must=True)),
    ),
]


@pytest.mark.parametrize(("broken", "by", "plan"), [pytest.param(*rest, id=name) for name, *rest in BROKEN])
def test_schedules_find_out_a_provider_that(
    monkeypatch: pytest.MonkeyPatch, broken: str, by: Callable[..., object], plan: Plan
) -> None:
    play(plan)  # the provider as it is stands it
    monkeypatch.setattr(broken, by)
    with pytest.raises(AssertionError):
        play(plan)


FOUND: list[tuple[str, Plan]] = [
    (
        "the export of an adopted store is run",
        (edit("adopt_others", which=1, to=0), edit("export", which=2, to=1), up()),
    ),
    (
        "an export that a kill left and that has failed is begun anew",
        (up(), edit("export", which=1, to=4), up(stop=[7, "after", "kill"], next=["export", False])),
    ),
]


@pytest.mark.parametrize("plan", [pytest.param(plan, id=name) for name, plan in FOUND])
def test_what_schedules_have_found_stays_mended(plan: Plan) -> None:
    play(plan)
