"""A lost store is found by its claim, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from provider.models.services import operation
from provider.verbs.claims import (
    KEY,
    AmbiguousClaimError,
    Claim,
    Found,
    Index,
    Known,
    Stage,
    Store,
    creation_token,
    mine,
    the_one,
    visible,
)

URN = "urn:pulumi:dev::shop::pulumi-python:dynamic/health:HealthLakeDatastore::records"
CLAIM = Claim.of("acme", URN, "token")


def store(store_id: str, claim: Claim = CLAIM) -> Store:
    return Store(store_id, f"arn:{store_id}", claim)


def test_a_claim_is_read_back_from_its_tag() -> None:
    bound = CLAIM.bound("0123abc", "2026-11-25T12:00:00Z")
    for claim in (CLAIM, bound, bound.answered()):
        assert Claim.parse({"team": "x", **claim.tags}) == claim
    assert bound.whose == "acme/shop/dev records"
    assert Claim.parse({"team": "x"}) is None


def test_a_claim_tells_organizations_resources_and_creations_apart() -> None:
    others = [Claim.of("other", URN, "token"), Claim.of("acme", URN + "2", "token")]
    assert all(other.owner != CLAIM.owner for other in others)
    assert Claim.of("acme", URN, "again").owner == CLAIM.owner
    assert Claim.of("acme", URN, "again").creation != CLAIM.creation


@given(st.text(), st.text() | st.text().map(f"{URN}{{}}".format), st.text())
def test_a_claim_fits_both_services_tags(organization: str, urn: str, token: str) -> None:
    claim = Claim.of(organization, urn, token, "asked").bound("x" * 32, "2026-11-25T12:00:00Z")
    ((key, value),) = claim.tags.items()
    imaging = operation("medical-imaging", "TagResource").input_shape.members["tags"]
    lake = operation("healthlake", "TagResource").input_shape.members["Tags"].member.members
    for shape, text in ((imaging.key, key), (lake["Key"], key), (lake["Value"], value)):
        assert regex.fullmatch(shape.metadata["pattern"], text)
    assert len(value) <= imaging.value.metadata["max"]


def test_a_store_with_our_claim_is_ours() -> None:
    assert mine([store("a", Claim("someone", "else")), store("b")], CLAIM.owner).lost == (store("b"),)


def test_a_store_without_our_claim_is_nobodys_to_take() -> None:
    assert mine([store("a", Claim("someone", "else"))], CLAIM.owner).lost == ()


def test_a_store_that_a_state_may_hold_is_not_lost() -> None:
    answered = store("a", CLAIM.bound("a").answered())
    assert mine([answered], CLAIM.owner) == Found((), (answered,))


def test_a_copied_claim_is_none() -> None:
    original = store("a", CLAIM.bound("a"))
    assert mine([original, store("b", CLAIM.bound("a"))], CLAIM.owner).lost == (original,)
    assert mine([original, store("b")], CLAIM.owner).lost == (original,)


def test_a_claim_of_an_earlier_release_may_be_held() -> None:
    claim = Claim.parse({KEY: f"{CLAIM.owner}.{CLAIM.creation}.asked"})
    assert claim == Claim(CLAIM.owner, CLAIM.creation, "asked", Stage.ANSWERED)


def test_the_state_holds_a_store_by_its_id_under_any_urn_or_by_its_creation() -> None:
    by_id, by_creation = Known(), Known()
    by_id.holds_id("another urn", "a")
    by_creation.holds_creation(URN, "token")
    assert by_id.holds(URN, store("a"))
    assert by_id.holders("a") == ("another urn",)
    assert by_creation.holds(URN, store("a"))
    assert not by_creation.holds("another urn", store("a"))
    assert not by_id.holds(URN, store("b"))


def test_a_creation_is_named_alike_until_the_state_has_held_something() -> None:
    assert creation_token("acme", URN, ()) == creation_token("acme", URN, ())
    names = {creation_token("acme", URN, before) for before in [(), ("a",), ("a", "b")]}
    assert len(names) == 3


def test_two_candidates_are_an_error_that_names_both() -> None:
    with pytest.raises(AmbiguousClaimError) as caught:
        the_one([store("a"), store("b")], URN)
    assert caught.value.ids == ("a", "b")
    assert "a, b" in str(caught.value)


def test_a_store_that_could_not_be_made_is_no_candidate() -> None:
    failed = replace(store("a"), is_failed=True)
    assert the_one([failed, store("b"), failed], URN) == store("b")
    assert the_one([failed, failed], URN) is None


def test_the_account_is_read_once_per_process() -> None:
    reads: list[int] = []

    def read() -> list[Store]:
        reads.append(1)
        return [store("a")]

    index = Index()
    assert index.stores("k", lambda: iter(read())) == index.stores("k", lambda: iter(read())) == (store("a"),)
    assert len(reads) == 1


def test_the_claim_is_not_shown_among_the_tags() -> None:
    assert visible({"team": "x", KEY: "y"}) == {"team": "x"}
