"""What ``docs/aws.md`` says is what there is: `UPDATE_DOCS=1 pytest tests/test_docs.py` renews its parts."""

from __future__ import annotations

import fnmatch
import json
import os
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from provider.cli.main import cli
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, KINDS
from provider.models.partitions import regions_of
from sandbox.__main__ import main as sandbox
from sandbox.aws import IMAGING, LAKE
from sandbox.aws.limits import RATES
from sandbox.conformance.table import beliefs
from tests.e2e.fixtures import make_engine

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine

__all__ = ["make_engine"]

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "aws.md"
PART = re.compile(r"<!-- (regions|beliefs) -->\n(.*?)<!-- end -->", re.DOTALL)


def part(found: re.Match[str]) -> str:
    """A generated part of the page as it should be."""
    if found[1] == "regions":
        rows = [
            f"| {name} | {', '.join(regions_of(service))} |\n"
            for name, service in (("HealthImaging", IMAGING), ("HealthLake", LAKE))
        ]
        body = f"| service | regions |\n| --- | --- |\n{''.join(rows)}"
    else:
        counts = Counter(belief.certainty for belief in beliefs())
        body = (
            f"{counts['documented']} beliefs are documented by AWS, {counts['seen']} were seen by others, "
            f"{counts['inferred']} are inferred.\n"
        )
    return f"<!-- {found[1]} -->\n{body}<!-- end -->"


def block(name: str) -> str:
    """The code block below a marker."""
    (found,) = re.findall(rf"<!-- {name} -->\n```\w+\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return str(found)


def section(title: str) -> str:
    return PAGE.read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_the_generated_parts_are_up_to_date() -> None:
    text = PAGE.read_text()
    assert len(PART.findall(text)) == 2
    renewed = PART.sub(part, text)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(renewed)
    assert PAGE.read_text() == renewed, "run it again with UPDATE_DOCS=1"


def test_every_command_option_and_file_that_is_named_exists() -> None:
    text = PAGE.read_text()
    groups: dict[str, click.Group] = {"provider": cli, "sandbox": sandbox}
    for module, group in groups.items():
        context = click.Context(group)
        for name, rest in re.findall(rf"python -m {module} (\w+)((?:[^`\n]|\\\n)*)", text):
            command = group.get_command(context, name)
            assert command is not None, name
            known = {option for parameter in command.params for option in parameter.opts}
            assert set(re.findall(r"--[a-z-]+", rest)) <= known, (name, rest)
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


@pytest.mark.e2e
def test_the_program_runs_and_the_trust_policy_fits_the_store_that_it_makes(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    engine = make_engine(block("program"))
    engine.environment |= cloud.env
    engine.set_config("aws:allowedAccountIds", '["123456789012"]')
    preview = engine.preview()
    assert preview.exit_code == 0, preview
    assert [message.text for message in preview.messages if message.severity == "warning"] == []
    assert cloud.stores() == []  # no ARN is there to be written into a policy
    up = engine.up()
    assert up.exit_code == 0, up
    assert up.outputs["job"] == "COMPLETED"
    (statement,) = json.loads(block("trust"))["Statement"]
    assert fnmatch.fnmatchcase(up.outputs["arn"], statement["Condition"]["ArnLike"]["aws:SourceArn"])
    assert statement["Principal"] == {"Service": "healthlake.amazonaws.com"}


def test_the_role_may_write_where_the_program_exports_to() -> None:
    program, statements = block("program"), json.loads(block("role"))["Statement"]
    bucket, objects, key = (each["Resource"] for each in statements)
    assert bucket.removeprefix("arn:aws:s3:::") == re.findall(r"s3://([^/\"]+)", program)[0]
    assert objects == f"{bucket}/*"
    assert f'"{key}"' in program


@pytest.mark.parametrize("kind", [HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE], ids=lambda kind: kind.name)
def test_the_quota_is_the_one_that_the_preview_knows(kind: Any) -> None:
    assert f"allows {kind.quota} stores" in section("Quotas")


def test_the_quota_is_the_one_of_the_sandbox(cloud: Sandbox) -> None:
    assert cloud.settings()["stores"] == HEALTHLAKE_DATASTORE.quota


@pytest.mark.parametrize(
    ("service", "operation", "seconds", "text"),
    [
        (IMAGING, "CreateDatastore", 12, "HealthImaging lets one store be made in 12 seconds"),
        (LAKE, "CreateFHIRDatastore", 60, "HealthLake one in a minute"),
    ],
)
def test_the_rates_are_those_of_the_sandbox(service: str, operation: str, seconds: int, text: str) -> None:
    assert text in " ".join(section("Quotas").split())
    assert 1 / RATES[service][operation].per_second == pytest.approx(seconds)


def test_a_region_without_the_service_is_warned_of_as_the_page_says() -> None:
    for kind in KINDS.values():
        missing = set(regions_of(LAKE)) ^ set(regions_of(IMAGING))
        found = {region: [*kind.risks({"region": region}, None)] for region in missing}
        known = set(regions_of(kind.service))
        assert {region for region, risks in found.items() if not risks} == missing & known
