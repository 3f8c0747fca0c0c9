"""The documentation says what there is: `UPDATE_DOCS=1 pytest tests/test_docs.py` renews what is made."""

from __future__ import annotations

import ast
import contextlib
import fnmatch
import io
import json
import os
import re
import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from provider.aws.configuration import UNHEEDED
from provider.aws.configuration.keys import KEYS
from provider.cli.main import cli, main
from provider.kinds.kind import Kind
from provider.kinds.properties import Change
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, KINDS
from provider.kinds.workflow import workflow_kind
from provider.models.partitions import regions_of
from provider.timing.durations import parse_duration
from sandbox.__main__ import main as sandbox
from sandbox.aws import IMAGING, LAKE
from sandbox.aws.__main__ import main as sandbox_aws
from sandbox.aws.limits import RATES
from sandbox.conformance.table import beliefs
from tests.e2e.fixtures import make_engine
from tests.papers import DOCS, PAGES, README, ROOT, anchors, blocks, links, name, rows, section

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine

__all__ = ["make_engine"]

AWS = DOCS / "aws.md"
IAM = DOCS / "iam.md"
PART = re.compile(r"<!-- (graph|policy|regions|beliefs)(.*?) -->\n(.*?)<!-- end -->", re.DOTALL)
WORDS = {
    Change.REPLACE: r"A change replaces|exports again",
    Change.UPDATE: r"Changed in place",
    Change.TAGS: r"Changed in place",
    Change.RUN: r"a change exports again",
}
GROUPS: dict[str, click.Group] = {
    "provider": cli,
    "pulumi_aws_health_datastores": cli,
    "sandbox": sandbox,
    "pulumi_aws_health_datastores_sandbox": sandbox,
}

each_page = pytest.mark.parametrize("page", PAGES, ids=name)


def command(*arguments: str) -> str:
    """What `python -m provider` prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.redirect_stderr(io.StringIO()):
        assert main([*arguments]) == 0
    return printed.getvalue()


def part(found: re.Match[str]) -> str:
    """A generated part of a page as it should be."""
    kind, arguments = found[1], found[2].split()
    if kind == "graph":
        body = f"```mermaid\n{command(kind, *arguments)}```\n"
    elif kind == "policy":
        body = f"```json\n{command(kind, *arguments)}```\n"
    elif kind == "regions":
        lines = [
            f"| {label} | {', '.join(regions_of(service))} |\n"
            for label, service in (("HealthImaging", IMAGING), ("HealthLake", LAKE))
        ]
        body = f"| service | regions |\n| --- | --- |\n{''.join(lines)}"
    else:
        counts = Counter(belief.certainty for belief in beliefs())
        body = (
            f"{counts['documented']} beliefs are documented by AWS, {counts['seen']} were seen by others, "
            f"{counts['inferred']} are inferred.\n"
        )
    return f"<!-- {kind}{found[2]} -->\n{body}<!-- end -->"


def policies() -> list[Any]:
    """The policies of the page on IAM: the caller's, the role's trust and permissions, the key's."""
    return [json.loads(text) for text in blocks(IAM, "json")]


def test_the_generated_parts_are_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    made = Counter(found[1] for page in PAGES for found in PART.finditer(page.read_text("utf-8")))
    assert made == {"graph": 2, "policy": 4, "regions": 1, "beliefs": 1}
    for page in PAGES:
        renewed = PART.sub(part, page.read_text("utf-8"))
        if os.environ.get("UPDATE_DOCS"):
            page.write_text(renewed, "utf-8")
        assert page.read_text("utf-8") == renewed, f"{name(page)}: run it again with UPDATE_DOCS=1"


@each_page
def test_every_link_and_anchor_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_readme_leads_to_every_page() -> None:
    led_to = {link.partition("#")[0] for link in links(README)}
    assert {name(page) for page in PAGES} - led_to == {"README.md"}


@each_page
def test_every_code_block_can_be_read(page: Path) -> None:
    for text in blocks(page, "python"):
        ast.parse(text)
    for text in blocks(page, "yaml"):
        assert yaml.safe_load(text)
    for text in blocks(page, "json"):
        assert json.loads(text)
    for text in blocks(page, "sh"):
        assert shlex.split(text, comments=True)


@each_page
def test_every_command_option_target_and_variable_that_is_named_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    for module, command_name, rest in re.findall(
        r"python -m (\w+) (\w+)((?:(?!python -m)[^`\n]|\\\n)*)", text
    ):
        if module not in GROUPS:
            assert module in {"venv", "pip"}, module
            continue
        if command_name == "aws":  # passes its arguments on
            named: click.Command | None = sandbox_aws
        else:
            named = GROUPS[module].get_command(click.Context(GROUPS[module]), command_name)
        assert named is not None, command_name
        known = {option for parameter in named.params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, (command_name, rest)
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z0-9]+)`", text)) <= targets
    said = "\n".join(path.read_text("utf-8") for path in (ROOT / "provider").rglob("*.py"))
    said += (ROOT / "sandbox/demo/tools.py").read_text("utf-8")
    for variable in set(re.findall(r"PULUMI_(?:HEALTH_\w+|INSTALL)", text)):
        assert variable in said, variable


def test_every_command_is_on_its_page() -> None:
    listed = {cells[0].strip("`") for cells in rows((DOCS / "command-line.md").read_text("utf-8"))}
    assert set(cli.list_commands(click.Context(cli))) <= listed


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_property_is_listed_with_what_a_change_of_it_does(kind: Kind) -> None:
    text = section(DOCS / "resources.md", kind.name).partition("Outputs, beside the inputs")[0]
    listed = {cells[0].strip("`"): cells[3] for cells in rows(text)}
    assert listed.keys() == {row.name for row in kind.properties}
    for row in kind.properties:
        said = WORDS.get(row.change)
        if said is None:
            assert not re.search("replaces|in place", listed[row.name]), row.name
        else:
            assert re.search(said, listed[row.name]), row.name


def test_the_timeouts_are_the_ones_that_hold() -> None:
    listed = {cells[0]: cells[1:] for cells in rows(section(DOCS / "data-stores.md", "Timeouts"))}
    kinds: dict[str, Kind] = {**KINDS, "ArazzoWorkflow": workflow_kind({"create": "it"})}
    assert listed.keys() == kinds.keys()
    for kind, texts in listed.items():
        held = kinds[kind].timeouts
        for text, seconds in zip(texts, (held.create, held.update, held.delete), strict=True):
            assert text == "" or parse_duration(text) == seconds, kind


def test_every_key_of_the_configuration_is_listed_and_no_other() -> None:
    named = set(re.findall(r"`(aws:\w+)`", (DOCS / "configuration.md").read_text("utf-8")))
    assert named == {f"aws:{key.name}" for key in KEYS} | set(UNHEEDED)


def test_every_message_that_is_explained_is_one_that_comes() -> None:
    """Each piece of a message is in the code that says it, or in a test that saw it."""
    here = Path(__file__)
    files = [
        path for folder in ("provider", "tests") for path in (ROOT / folder).rglob("*.py") if path != here
    ]
    said = "\n".join(path.read_text("utf-8") for path in files)
    table = (DOCS / "troubleshooting.md").read_text("utf-8")
    messages = re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE)
    assert len(messages) >= 10
    for message in messages:
        for piece in re.split(r"\.\.\.|: ", message):
            assert piece.strip(" ;:,") in said, (message, piece)


@pytest.mark.e2e
def test_the_program_runs_and_the_trust_policy_fits_the_store_that_it_makes(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    (program,) = blocks(AWS, "python")
    engine = make_engine(program)
    engine.environment |= cloud.env
    engine.set_config("aws:allowedAccountIds", '["123456789012"]')
    preview = engine.preview()
    assert preview.exit_code == 0, preview
    assert [message.text for message in preview.messages if message.severity == "warning"] == []
    assert cloud.stores() == []  # no ARN is there to be written into a policy
    up = engine.up()
    assert up.exit_code == 0, up
    assert up.outputs["job"] == "COMPLETED"
    (statement,) = policies()[1]["Statement"]
    assert fnmatch.fnmatchcase(up.outputs["arn"], statement["Condition"]["ArnLike"]["aws:SourceArn"])
    assert statement["Principal"] == {"Service": "healthlake.amazonaws.com"}


def test_the_role_may_write_where_the_program_exports_to() -> None:
    (program,), statements = blocks(AWS, "python"), policies()[2]["Statement"]
    bucket, objects, key = (each["Resource"] for each in statements)
    assert bucket.removeprefix("arn:aws:s3:::") == re.findall(r"s3://([^/\"]+)", program)[0]
    assert objects == f"{bucket}/*"
    assert f'"{key}"' in program
    assert f'"{policies()[3]["Statement"][0]["Principal"]["AWS"]}"' in program


def test_the_table_of_actions_says_what_the_policy_has_beside_the_services_own() -> None:
    allowed = {action for statement in policies()[0]["Statement"] for action in statement["Action"]}
    beside = {
        action
        for action in allowed
        if action.partition(":")[0] in {"ram", "glue", "kms", "lambda", "iam", "tag"}
    }
    named = {
        found
        for found in re.findall(r"`(\w+:\w+\*?)`", IAM.read_text("utf-8"))
        if not found.startswith("aws:")
    }
    assert beside == named - {"iam:PassedToService"}


@pytest.mark.parametrize("kind", [HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE], ids=lambda kind: kind.name)
def test_the_quota_is_the_one_that_the_preview_knows(kind: Any) -> None:
    assert f"allows {kind.quota} stores" in section(AWS, "Quotas")


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
    assert text in " ".join(section(AWS, "Quotas").split())
    assert 1 / RATES[service][operation].per_second == pytest.approx(seconds)


def test_a_region_without_the_service_is_warned_of_as_the_page_says() -> None:
    for kind in KINDS.values():
        missing = set(regions_of(LAKE)) ^ set(regions_of(IMAGING))
        found = {region: [*kind.risks({"region": region}, None)] for region in missing}
        known = set(regions_of(kind.service))
        assert {region for region, risks in found.items() if not risks} == missing & known
