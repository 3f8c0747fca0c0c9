"""Which store a creation takes over, and which never."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from provider.dynamic.host import Cancellation
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE
from provider.verbs.claims import KEY, Claim
from sandbox.aws import IMAGING, ManualClock, environment
from sandbox.aws.gateway import Cloud
from tests.faults.scenes import IMAGES, RECORDS
from tests.faults.stack import FailedError, Hook, KilledError, Stack, nothing
from tests.faults.transport import URL, Desk, Wire

WIRE = Wire()
OTHER_KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@dataclass
class Account:
    desk: Desk
    images: Stack
    records: Stack

    def claim(self, token: str = "t") -> dict[str, str]:  # noqa: S107 - any text
        return Claim.of("organization", self.images.urn, token).tags

    def ids(self) -> list[str]:
        return [store.id for store in self.desk.stores()]

    def lose(self, stack: Stack, props: dict[str, object]) -> str:
        """Let a run make a store and be killed before it answers."""
        before = set(self.ids())
        stack.hook = at_each(
            "TagResource", kill, number=2
        )  # the first one binds the claim, this one marks it
        with pytest.raises(KilledError):
            stack.up(props)
        stack.hook = nothing
        self.desk.advance(100)
        (lost,) = set(self.ids()) - before
        return lost

    def answer_in_vain(self, stack: Stack, props: dict[str, object]) -> str:
        """Let a run make a store whose answer comes into no state."""
        stack.loses_state = True
        with pytest.raises(KilledError):
            stack.up(props)
        stack.loses_state = False
        self.desk.advance(100)
        return self.ids()[-1]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    for name, value in environment(URL).items():
        monkeypatch.setenv(name, value)
    clock = ManualClock()
    WIRE.cloud = Cloud(clock=clock)
    images = Stack(HEALTH_IMAGING_DATASTORE, clock, name="images", caller=WIRE.caller)
    records = Stack(HEALTHLAKE_DATASTORE, clock, name="records", caller=WIRE.caller)
    return Account(Desk(WIRE.cloud), images, records)


def test_a_lost_store_is_taken_over_with_a_word_and_loses_its_claim(account: Account) -> None:
    lost = account.lose(account.images, IMAGES)
    assert KEY in account.desk.store(lost).tags
    account.images.up(IMAGES)
    assert account.images.ids == {lost}
    assert any(f"takes over HealthImaging data store {lost}" in said for said in account.images.said)
    assert account.desk.store(lost).tags == IMAGES["tags"]


def test_a_store_that_was_answered_is_named_and_never_taken_over(account: Account) -> None:
    answered = account.answer_in_vain(account.images, IMAGES)
    with pytest.raises(FailedError, match=f'{answered} was made for this resource.*adopt="{answered}"'):
        account.images.up(IMAGES)
    assert (account.ids(), account.images.ids) == ([answered], set())


def test_a_store_that_was_answered_can_be_adopted_and_loses_its_claim(account: Account) -> None:
    answered = account.answer_in_vain(account.images, IMAGES)
    account.images.up(IMAGES | {"adopt": answered})
    assert account.images.ids == {answered}
    assert account.desk.store(answered).tags == IMAGES["tags"]


def test_once_the_tag_is_off_another_store_is_made(account: Account) -> None:
    answered = account.answer_in_vain(account.images, IMAGES)
    account.desk.set_tags(answered, {})
    account.images.up(IMAGES)
    assert account.images.ids.isdisjoint({answered})
    assert len(account.ids()) == 2


def test_a_store_whose_claim_cannot_be_marked_is_not_answered_and_taken_over(account: Account) -> None:
    account.desk.fault("medical-imaging.TagResource", "deny", calls=(2,))
    with pytest.raises(FailedError, match=r"could not be marked.*the next `pulumi up` takes it over"):
        account.images.up(IMAGES)
    assert account.images.ids == set()
    (lost,) = account.ids()
    account.images.up(IMAGES)
    assert account.images.ids == {lost} == set(account.ids())


def test_a_copied_claim_is_nobodys(account: Account) -> None:
    lost = account.lose(account.images, IMAGES)
    copied = {KEY: account.desk.store(lost).tags[KEY]}
    other = account.desk.add_store(IMAGING, {"datastoreName": "images", "tags": copied})
    account.images.up(IMAGES)
    assert account.images.ids == {lost}
    account.images.destroy()
    assert account.ids() == [other]


def test_a_list_that_lags_behind_leads_to_no_second_store(account: Account) -> None:
    account.images.hook = at_each("CreateDatastore", kill, moment="after")
    with pytest.raises(KilledError):
        account.images.up(IMAGES)
    account.images.hook = nothing
    (lost,) = account.ids()
    account.desk.advance(20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("provider.verbs.claim_search.claimed_stores", lambda *_: iter(()))
        account.images.up(IMAGES)
    assert account.images.ids == {lost} == set(account.ids())
    assert account.desk.store(lost).tags == IMAGES["tags"]


def test_a_store_that_is_made_again_after_its_deletion_is_another_one(account: Account) -> None:
    account.images.up(IMAGES)
    first = account.images.ids
    account.images.destroy()
    account.desk.advance(100)
    account.images.up(IMAGES)
    assert account.images.ids == set(account.ids())
    assert account.images.ids.isdisjoint(first)


def test_another_backend_s_stack_of_the_same_name_never_gets_the_store(account: Account) -> None:
    account.images.up(IMAGES)
    mine = account.images.ids
    account.desk.advance(100)
    other = Stack(HEALTH_IMAGING_DATASTORE, account.images.clock, name="images", caller=WIRE.caller)
    other.up(IMAGES)
    assert other.ids.isdisjoint(mine)
    other.destroy()
    assert account.ids() == list(mine)


def test_a_claim_whose_removal_was_denied_comes_off_at_the_next_visit(account: Account) -> None:
    account.desk.fault("medical-imaging.UntagResource", "deny", calls=(1,))
    account.images.up(IMAGES)
    (store,) = account.desk.stores()
    assert KEY in store.tags
    assert any("WARNING: the tag pulumi-health:claim stays" in said for said in account.images.said)
    account.images.up(IMAGES)
    assert account.desk.stores()[0].tags == IMAGES["tags"]


def test_a_replacement_never_gets_the_store_that_is_to_be_deleted(account: Account) -> None:
    account.images.is_cut_short = True
    account.images.up(IMAGES)
    old = account.images.ids
    assert KEY in account.desk.stores()[0].tags
    account.desk.advance(100)
    account.images.up(IMAGES | {"kms_key_arn": OTHER_KEY})
    assert account.images.ids.isdisjoint(old)
    assert account.ids() == list(account.images.ids)


def test_a_forced_replacement_never_gets_it_either(account: Account) -> None:
    account.images.is_cut_short = True
    account.images.up(IMAGES)
    old = account.images.ids
    account.desk.advance(100)
    account.images.up(IMAGES, replace=True)
    assert account.images.ids.isdisjoint(old)
    assert account.ids() == list(account.images.ids)


def test_a_replacement_never_gets_a_store_that_an_earlier_one_left_to_be_deleted(account: Account) -> None:
    account.images.hook = at_each("GetDatastore", cancel)
    with pytest.raises(FailedError):
        account.images.up(IMAGES)  # it is kept, with its claim
    account.images.hook = nothing
    (first,) = account.images.ids
    account.desk.advance(100)
    account.desk.fail_next_create()
    changed = IMAGES | {"kms_key_arn": OTHER_KEY}
    with pytest.raises(FailedError, match="CREATE_FAILED"):
        account.images.up(changed)
    assert first in account.images.ids  # still to be deleted
    account.images.up(changed)
    assert account.images.ids.isdisjoint({first})
    assert account.ids() == list(account.images.ids)


def test_a_replacement_that_was_lost_is_taken_over_by_the_next_one(account: Account) -> None:
    account.images.up(IMAGES)
    account.desk.advance(100)
    changed = IMAGES | {"kms_key_arn": OTHER_KEY}
    account.lose(account.images, changed)
    assert len(account.ids()) == 2
    account.images.up(changed)
    assert account.ids() == list(account.images.ids)
    assert account.desk.stores()[0].config["kmsKeyArn"] == OTHER_KEY


def test_two_candidates_are_an_error_that_names_both(account: Account) -> None:
    both = [
        account.desk.add_store(IMAGING, {"datastoreName": "images", "tags": account.claim(token)})
        for token in ("one", "two")
    ]
    with pytest.raises(FailedError) as failure:
        account.images.up(IMAGES)
    assert all(store in str(failure.value) for store in both)
    assert sorted(account.ids()) == sorted(both)


@pytest.mark.parametrize("status", ["CREATE_FAILED", "DELETING", "DELETED"])
def test_a_store_that_is_no_good_is_not_taken_over(account: Account, status: str) -> None:
    bad = account.desk.add_store(IMAGING, {"datastoreName": "images", "tags": account.claim()})
    account.desk.force_status(bad, status)
    account.images.up(IMAGES)
    assert bad not in account.images.ids


def test_a_store_that_an_interrupted_run_could_not_make_is_deleted(account: Account) -> None:
    account.desk.fail_next_create()
    account.images.hook = at_each("GetDatastore", kill)
    with pytest.raises(KilledError):
        account.images.up(IMAGES)
    account.images.hook = nothing
    account.desk.advance(1000)
    (failed,) = account.desk.stores()
    assert (failed.status, account.images.ids) == ("CREATE_FAILED", set())
    account.images.up(IMAGES)
    assert any(f"deletes HealthImaging data store {failed.id}" in said for said in account.images.said)
    assert account.ids() == list(account.images.ids) != [failed.id]


def test_a_failed_store_that_cannot_be_deleted_holds_nobody_up(account: Account) -> None:
    tags = account.claim()
    failed = account.desk.add_store(IMAGING, {"datastoreName": "images", "tags": tags})
    account.desk.force_status(failed, "CREATE_FAILED")
    account.desk.fault("DeleteDatastore", "deny", calls=None)
    account.images.up(IMAGES)
    assert any(f"WARNING: HealthImaging data store {failed}" in said for said in account.images.said)
    assert account.images.ids.isdisjoint({failed})


ALONE = {name: value for name, value in RECORDS.items() if name != "export"}


@pytest.mark.parametrize(("first", "then"), [(ALONE, RECORDS), (RECORDS, ALONE)], ids=["added", "taken away"])
def test_an_export_can_change_while_the_creation_is_interrupted(
    account: Account, first: dict[str, object], then: dict[str, object]
) -> None:
    account.records.hook = at_each("DescribeFHIRDatastore", cancel)
    with pytest.raises(FailedError, match="is kept in the state"):
        account.records.up(first)
    account.records.hook = nothing
    kept = account.records.ids
    account.records.up(then)
    assert account.records.ids == kept == set(account.ids())
    assert len(account.desk.jobs()) == ("export" in then)
    assert account.records.held is not None
    assert ("job_id" in account.records.held.outputs) is ("export" in then)


def test_a_store_without_our_claim_is_not_taken_over(account: Account) -> None:
    theirs = Claim.of("other", account.images.urn, "t").tags
    others = {
        account.desk.add_store(IMAGING, {"datastoreName": "images", "tags": tags})
        for tags in ({}, IMAGES["tags"], theirs)
    }
    account.images.up(IMAGES)
    assert account.images.ids.isdisjoint(others)
    account.images.destroy()
    assert set(account.ids()) == others


def test_what_the_program_changed_meanwhile_is_changed_in_the_same_run(account: Account) -> None:
    lost = account.lose(account.records, RECORDS)
    changed = RECORDS | {"tags": {"team": "b"}, "nlp_configuration": {"status": "ENABLED"}}
    account.records.up(changed)
    assert account.records.ids == {lost}
    store = account.desk.store(lost)
    assert (store.tags, store.config["NlpConfiguration"]) == ({"team": "b"}, {"Status": "ENABLED"})


def test_what_cannot_be_changed_is_made_anew_in_the_same_run(account: Account) -> None:
    lost = account.lose(account.images, IMAGES)
    account.images.up(IMAGES | {"kms_key_arn": OTHER_KEY})
    assert account.ids() == list(account.images.ids) != [lost]
    assert account.desk.stores()[0].config["kmsKeyArn"] == OTHER_KEY
    assert any(f"deletes HealthImaging data store {lost}" in said for said in account.images.said)


def test_a_takeover_starts_no_second_export(account: Account) -> None:
    account.lose(account.records, RECORDS)
    account.records.up(RECORDS)
    assert len(account.desk.jobs()) == 1


def kill(_cancellation: Cancellation) -> None:
    raise KilledError


def cancel(cancellation: Cancellation) -> None:
    cancellation.cancel("the engine asked to stop")


def at_each(
    wanted: str, act: Callable[[Cancellation], None], *, number: int = 1, moment: str = "before"
) -> Hook:
    """Return a hook that does something at the requests of that operation, from one of them on."""
    seen = itertools.count(1)

    def hook(operation: str, now: str, cancellation: Cancellation) -> None:
        if (operation, now) == (wanted, moment) and next(seen) >= number:
            act(cancellation)

    return hook


def test_what_was_still_queued_at_a_cancel_does_not_start(account: Account) -> None:
    account.images.hook = lambda _operation, _moment, cancellation: cancel(cancellation)
    with pytest.raises(FailedError, match="the engine asked to stop"):
        account.images.up(IMAGES)
    assert account.desk.counts() == {"ListDatastores": 1}


MANY = 120


def crowded(account: Account) -> Account:
    """Let the account hold many tagged stores of others, from long ago."""
    account.desk.settings(stores=MANY + 10, page_size=50)
    for number in range(MANY):
        account.desk.add_store(IMAGING, {"datastoreName": f"others-{number}", "tags": {"owner": "others"}})
    account.desk.advance(4000)
    return account


def test_the_search_costs_a_few_calls_however_many_stores_there_are(account: Account) -> None:
    lost = crowded(account).lose(account.images, IMAGES)
    account.desk.clear_journal()
    account.images.up(IMAGES)
    assert account.images.ids == {lost}
    assert account.desk.counts()["GetResources"] == 2
    assert account.desk.counts()["ListTagsForResource"] <= 3


@pytest.mark.parametrize("kind", ["deny", "reset"])
def test_where_the_tagging_api_does_not_help_each_store_is_asked(account: Account, kind: Any) -> None:
    lost = crowded(account).lose(account.images, IMAGES)
    account.desk.fault("resourcegroupstaggingapi.GetResources", kind, calls=None)
    account.images.up(IMAGES)
    assert account.images.ids == {lost}


def test_a_store_whose_tags_may_not_be_read_is_passed_over_with_a_warning(account: Account) -> None:
    theirs = account.desk.add_store(IMAGING, {"datastoreName": "others"})
    account.desk.fault("medical-imaging.ListTagsForResource", "deny", calls=(1,))
    account.images.up(IMAGES)
    assert any(
        f"it is not known whether interrupted runs left them: {theirs}" in said
        for said in account.images.said
    )
    assert account.images.ids == set(account.ids()) - {theirs}


def test_a_search_tells_of_what_the_stack_left_and_nobody_takes_over(account: Account) -> None:
    lost = account.lose(account.records, ALONE)
    other = Stack(HEALTHLAKE_DATASTORE, account.records.clock, name="others", caller=WIRE.caller)
    other.up(ALONE)
    assert any(f"{lost} was made for records by an interrupted run" in said for said in other.said)
    account.records.up(ALONE)
    assert not any("was made for" in said for said in account.records.said)


# AWS allows 50 tags, and the claim is one of them for a while

FIFTY = {f"key-{n:02}": "x" for n in range(50)}


@pytest.mark.parametrize("which", ["images", "records"])
def test_all_fifty_tags_are_on_in_the_end(account: Account, which: str) -> None:
    stack: Stack = getattr(account, which)
    props = {**(IMAGES if which == "images" else RECORDS), "tags": FIFTY}
    stack.up(props)
    assert any("50 tags" in said and "key-49 is put on after that" in said for said in stack.said)
    stack.refresh()
    assert stack.held is not None
    assert account.desk.store(stack.held.id).tags == FIFTY
    assert not stack.would_change(props)


def test_a_lost_store_with_fifty_tags_is_taken_over_whole(account: Account) -> None:
    lost = account.lose(account.images, IMAGES)
    account.images.up({**IMAGES, "tags": FIFTY})
    account.images.refresh()
    assert account.images.ids == {lost}
    assert account.desk.store(lost).tags == FIFTY


@pytest.mark.parametrize("claimed", [True, False])
def test_a_tag_of_fifty_is_swapped(account: Account, *, claimed: bool) -> None:
    account.images.up({**IMAGES, "tags": FIFTY})
    if not claimed:
        account.images.refresh()
    swapped = {**{key: FIFTY[key] for key in list(FIFTY)[1:]}, "new": "y"}
    account.images.up({**IMAGES, "tags": swapped})
    account.images.refresh()
    assert account.images.held is not None
    assert account.desk.store(account.images.held.id).tags == swapped


def test_an_adopted_store_takes_a_line_that_says_what_it_has(account: Account) -> None:
    existing = account.desk.add_store(IMAGING, {"datastoreName": "legacy", "kmsKeyArn": OTHER_KEY})
    account.images.up({"adopt": existing})
    line = {"adopt": existing, "kms_key_arn": OTHER_KEY}
    assert not account.images.would_change(line)
    account.images.up(line)
    assert account.images.ids == {existing}
