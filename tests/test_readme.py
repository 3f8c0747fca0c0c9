"""The README says what there is; `tests/test_docs.py` checks its links, commands and pictures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.e2e.fixtures import make_engine
from tests.papers import README, blocks

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine

__all__ = ["make_engine"]

TWO_SCREENS = 130


def test_it_is_no_longer_than_two_screens() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= TWO_SCREENS


def test_it_names_the_two_commands() -> None:
    assert {"demo", "test"} <= set(re.findall(r"`make ([a-z]+)`", README.read_text("utf-8")))


@pytest.mark.e2e
def test_the_program_for_a_stack_of_ones_own_does_what_it_says(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    (program,) = blocks(README, "python")
    engine = make_engine(
        program.replace("pulumi_aws_health_datastores", "provider")  # its name where it is installed
    )
    engine.environment |= cloud.env
    engine.set_config("aws:region", "eu-west-2")
    preview = engine.preview()
    assert preview.exit_code == 0, preview
    assert preview.changes["create"] == 3
    up = engine.up()
    assert up.exit_code == 0, up
    assert up.outputs["endpoint"].startswith("https://healthlake.eu-west-2.amazonaws.com/")
    assert {store.region for store in cloud.stores()} == {"eu-west-2"}
    assert [job.status for job in cloud.jobs()] == ["COMPLETED"]
