"""What the README shows is what there is: `UPDATE_README=1 pytest tests/test_readme.py` renews it."""

from __future__ import annotations

import contextlib
import io
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from provider.cli.main import cli, main
from provider.kinds.kind import Kind
from provider.kinds.properties import Change
from provider.kinds.table import KINDS
from provider.kinds.workflow import workflow_kind
from provider.timing.durations import parse
from sandbox.__main__ import main as sandbox
from tests.e2e.fixtures import make_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine

__all__ = ["make_engine"]

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PART = re.compile(r"<!-- (graph|policy)(.*?) -->\n(.*?)<!-- end -->", re.DOTALL)
WORDS = {
    Change.REPLACE: "replaces",
    Change.UPDATE: "in place",
    Change.TAGS: "in place",
    Change.RUN: "exports again",
    Change.SETTING: "nothing in AWS",
}


def command(*arguments: str) -> str:
    """What `python -m provider` prints."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert main([*arguments]) == 0
    return printed.getvalue()


def part(found: re.Match[str]) -> str:
    """A generated part of the README as it should be."""
    kind, arguments = found[1], found[2].split()
    if kind == "graph":
        document, workflow = arguments
        body = f"```mermaid\n{command('graph', document, '--workflow', workflow)}```\n"
    else:
        documents = sorted(
            path.relative_to(ROOT).as_posix() for path in ROOT.glob("provider/documents/*.yaml")
        )
        body = f"```json\n{command('policy', *documents)}```\n"
    return f"<!-- {kind}{found[2]} -->\n{body}<!-- end -->"


def section(title: str) -> str:
    """The text below a heading, up to the next one."""
    return README.read_text().split(f"\n### {title}\n")[1].split("\n#")[0]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of a table's rows."""
    for line in text.splitlines():
        if line.startswith("| `") or re.match(r"\| [A-Z]\w+ ", line):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_the_pictures_and_the_policy_are_those_of_the_documents() -> None:
    text = README.read_text()
    assert len(PART.findall(text)) == 3
    renewed = PART.sub(part, text)
    if os.environ.get("UPDATE_README"):
        README.write_text(renewed)
    assert README.read_text() == renewed, "run it again with UPDATE_README=1"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_property_is_listed_with_what_a_change_of_it_does(kind: Kind) -> None:
    table = {name.strip("`"): change for name, _, change in rows(section(kind.name))}
    assert table.keys() == {row.name for row in kind.properties}
    for row in kind.properties:
        assert table[row.name].startswith(WORDS[row.change]), row.name


def test_the_timeouts_are_the_ones_that_hold() -> None:
    listed = {cells[0]: cells[1:] for cells in rows(section("Timeouts"))}
    kinds: dict[str, Kind] = {**KINDS, "ArazzoWorkflow": workflow_kind({"create": "it"})}
    assert listed.keys() == kinds.keys()
    for name, texts in listed.items():
        held = kinds[name].timeouts
        for text, seconds in zip(texts, (held.create, held.update, held.delete), strict=True):
            assert text == "" or parse(text) == seconds, name


def test_every_message_that_is_explained_is_one_that_comes() -> None:
    """Each piece of a message is in the code that says it, or in a test that saw it."""
    here = Path(__file__)
    files = [
        path for folder in ("provider", "tests") for path in (ROOT / folder).rglob("*.py") if path != here
    ]
    said = "\n".join(path.read_text() for path in files)
    table = README.read_text().split("\n## Troubleshooting\n")[1].split("\n#")[0]
    messages = re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE)
    assert len(messages) >= 10
    for message in messages:
        for piece in re.split(r"\.\.\.|: ", message):
            assert piece.strip(" ;:,") in said, (message, piece)


def test_every_command_and_file_that_is_named_exists() -> None:
    text = README.read_text()
    commands: dict[str, click.Group] = {"provider": cli, "sandbox": sandbox}
    for module, group in commands.items():
        named = set(re.findall(rf"python -m {module} ([a-z]+)", text))
        assert named
        assert named <= set(group.list_commands(click.Context(group)))
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test"} <= set(re.findall(r"`make ([a-z]+)`", text)) <= targets
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not link.startswith("http")]
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.e2e
def test_the_program_for_a_stack_of_ones_own_does_what_it_says(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    (program,) = re.findall(r"3\. `__main__\.py`:\n\n *```python\n(.*?)```", README.read_text(), re.DOTALL)
    engine = make_engine(
        "\n".join(line.removeprefix("   ") for line in program.splitlines()).replace(
            "pulumi_aws_health_datastores",
            "provider",  # its name where it is installed
        )
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
