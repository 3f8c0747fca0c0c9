"""``python -m provider claims`` shows what was left behind, whose it is, and what to do."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from provider.cli.claims import command
from provider.verbs.claims import Claim
from sandbox.aws import IMAGING, LAKE, Sandbox

URN = "urn:pulumi:dev::shop::pulumi-python:dynamic/health:HealthLakeDatastore::records"


@pytest.fixture(autouse=True)
def signed(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in cloud.env.items():
        monkeypatch.setenv(name, value)


def shown(*arguments: str) -> list[str]:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_it_says_that_nothing_was_left(cloud: Sandbox) -> None:
    cloud.add_store(IMAGING, {"datastoreName": "others", "tags": {"team": "a"}})
    assert shown() == ["no store carries a claim"]


def test_it_tells_whose_a_store_is_since_when_and_what_to_do(cloud: Sandbox) -> None:
    claim = Claim.of("acme", URN, "token")
    images = cloud.add_store(IMAGING, {"datastoreName": "images"})
    lake = cloud.add_store(LAKE, {"DatastoreTypeVersion": "R4"})
    cloud.set_tags(images, claim.bound(images, "2026-11-25T12:00:00Z").tags)
    cloud.set_tags(lake, claim.bound(lake).answered().tags)
    making, answered = shown("--region", "us-east-1")
    assert f"{images}: in the making" in making
    assert "for acme/shop/dev records, since 2026-11-25T12:00:00Z" in making
    assert "the next `pulumi up` that declares the resource takes it over" in making
    assert f'adopt="{lake}"' in answered
    assert shown("--region", "us-west-2") == ["no store carries a claim"]


def test_it_tells_a_copy(cloud: Sandbox) -> None:
    images = cloud.add_store(IMAGING, {"datastoreName": "images"})
    cloud.set_tags(images, Claim.of("acme", URN, "token").bound("another").tags)
    (copy,) = shown()
    assert "copied claim of another" in copy
    assert "remove the tag pulumi-health:claim" in copy
