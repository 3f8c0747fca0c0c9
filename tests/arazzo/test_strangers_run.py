"""What other tools run as their examples, run by ``python -m provider run --http`` against a mock server.

The documents and what they are expected to do are read from the folder of the material; tests/cases/strangers
has what they come to here, and why where it is something else than there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml

from provider.arazzo import Document, load
from provider.arazzo.model import SourceDescription
from provider.cli.main import main
from provider.http.security import variable
from provider.openapi.descriptions import ApiDescription, found
from tests.arazzo.material import material
from tests.arazzo.mock_api import Answer, MockApi, serving
from tests.arazzo.test_strangers import verdicts

CAFE = "https://cafe.redocly.com/_bundle/openapi/cafe.yaml"
SERVER = re.compile("^https?://[^/]+")
JENTIC = re.compile(r"\$steps\.([\w-]+)\.(?!outputs\b)(\w+)")
"""How arazzo-engine writes the output of a step, which the specification writes with ``.outputs.``."""


def sources(document: Document) -> Iterator[tuple[Document, SourceDescription]]:
    """Yield the sources of a document and of those that it includes, but for the documents among them."""
    for source in document.sources:
        if source.document is not None:
            yield from sources(source.document)
        else:
            yield document, source


def descriptions(document: Document) -> list[ApiDescription]:
    known = [found(owner.name, source.url) for owner, source in sources(document)]
    return [each for each in known if each is not None]


def run(path: Path, workflow: str, inputs: Mapping[str, Any], api: MockApi, folder: Path) -> int:
    (given := folder / "inputs.json").write_text(json.dumps(inputs))
    names = {source.name for _, source in sources(load(path))}
    servers = [part for name in sorted(names) for part in ("--server", f"{name}={api.url}")]
    options = ("--workflow", workflow, "--inputs", str(given), "--timeout", "5")
    with patch.dict(os.environ, credentials(load(path))):
        return main(["run", str(path), "--http", *options, *servers])


def credentials(document: Document) -> dict[str, str]:
    """Return the environment's variables for all that the sources' descriptions ask for."""
    return {
        variable(source.name, scheme): "rose:garden-gate"
        for owner, source in sources(document)
        if (description := found(owner.name, source.url)) is not None
        for scheme in description.root.get("components", {}).get("securitySchemes", {})
    }


def ended(code: int, told: str) -> str:
    """Return how a run ended, as the tables say it: ``passed``, or why not."""
    last = told.strip().splitlines()[-1] if told.strip() else ""
    return "passed" if code == 0 else re.sub(r" in \d+\w+, \d+ polls?", "", last).partition(" (")[0]


@pytest.fixture
def redocly(tmp_path: Path) -> Path:
    """Redocly's documents, with their café's description beside them, where they name a remote one."""
    source = material("redocly-cli")
    shutil.copytree(source / "resources", tmp_path / "resources")
    shutil.copytree(source / "tests" / "e2e" / "respect", tmp_path / "respect")
    for path in (tmp_path / "respect").rglob("*.yaml"):
        up = "../" * (len(path.relative_to(tmp_path).parts) - 1)
        path.write_text(path.read_text().replace(CAFE, f"{up}resources/cafe.yaml"))
    return tmp_path


def test_redoclys_examples_come_to_what_the_table_says(
    redocly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = verdicts("redocly-runs")
    got: dict[str, dict[str, Any]] = {}
    for name, workflows in known.items():
        document = load(redocly / name)
        for workflow, said in workflows.items():
            told = [Answer(*each.split(), **answer) for each, answer in said.get("told", {}).items()]
            with serving(descriptions(document), told) as api:
                code = run(redocly / name, workflow, said.get("inputs", {}), api, redocly)
            got.setdefault(name, {})[workflow] = {**said, "here": ended(code, capsys.readouterr().err)}
            assert api.unknown == [], name
    assert got == known


def test_every_run_that_ends_otherwise_than_for_its_authors_has_a_reason() -> None:
    for name, workflows in verdicts("redocly-runs").items():
        for workflow, told in workflows.items():
            assert (told["here"] == "passed") == (told["there"] == "passed") or told["why"], (name, workflow)


def test_redoclys_filters_hold_once_they_ask_about_members(
    redocly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in redocly.rglob("*.arazzo.yaml"):
        path.write_text(re.sub(r"\$\[\?@\.(name|title) == ", "$[?@ == ", path.read_text()))
    for name, workflows in verdicts("redocly-runs").items():
        for workflow, said in workflows.items():
            if "a filter asks about the members" in said["here"]:
                told = [Answer(*each.split(), **answer) for each, answer in said.get("told", {}).items()]
                with serving(descriptions(load(redocly / name)), told) as api:
                    assert run(redocly / name, workflow, {}, api, redocly) == 0, capsys.readouterr().err
                    if workflow == "events-crud":
                        methods = [each.partition(" ")[0] for each in api.asked]
                        assert methods == ["GET", "POST", "GET", "PATCH", "DELETE"]


# jentic's arazzo-engine


def mended(path: Path, folder: Path) -> Path:
    """Copy a fixture with its expressions as the specification writes them, without outputs that are none."""
    shutil.copytree(path.parent, folder, dirs_exist_ok=True)
    document = yaml.safe_load(JENTIC.sub(r"$steps.\1.outputs.\2", path.read_text()))
    for workflow in document["workflows"]:
        for holder in (workflow, *workflow["steps"]):
            outputs = holder.get("outputs", {})
            holder["outputs"] = {
                name: each
                for name, each in outputs.items()
                if isinstance(each, str) and " " not in name and not each.startswith("$response.headers")
            }
        for step in workflow["steps"]:
            place = step.get("operationPath", "")
            if place and not place.startswith("{"):
                name, _, rest = place.partition("#")
                step["operationPath"] = f"{{$sourceDescriptions.{name}.url}}#{rest}"
    copy = folder / path.name
    copy.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    return copy


def answers(told: list[dict[str, Any]], bases: list[str]) -> Iterator[Answer]:
    """Yield a fixture's answers; it writes their paths with or without its base URLs."""
    within = [base for base in (SERVER.sub("", each) for each in bases) if base]
    for each in told:
        path = SERVER.sub("", each.get("path") or each["url"])
        path = next((path.removeprefix(base) for base in within if path.startswith(base)), path)
        headers = {name: str(value) for name, value in each.get("headers", {}).items()}
        body = each.get("response", each.get("text"))
        yield Answer(each["method"].upper(), path, each["status_code"], body, headers)


def test_jentics_fixtures_come_to_what_they_expect(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fixtures = material("arazzo-engine", "runner", "tests", "fixtures")
    known = verdicts("jentic-runs")
    got: dict[str, dict[str, Any]] = {}
    for name, workflows in known.items():
        path = mended(fixtures / name, tmp_path / Path(name).parent)
        told = yaml.safe_load((fixtures / name).with_name("test_config.yaml").read_text())
        for workflow, expected in workflows.items():
            got.setdefault(name, {})[workflow] = {
                **jentics_run(path, told, workflow, capsys),
                **({"why": expected["why"]} if "why" in expected else {}),
            }
    assert got == known


def jentics_run(
    path: Path, told: dict[str, Any], workflow: str, capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    """Run one workflow of a fixture; return how it ended, and what is not as the fixture expects."""
    test = next(each for each in told["workflows"] if each["id"] == workflow)
    general = [each for api in (told.get("custom_mocks") or {}).values() for each in api]
    mocks = [each for each in (*test.get("custom_mocks", ()), *general) if "request_params" not in each]
    document = load(path)
    served = list(answers(mocks, list((told.get("base_urls") or {}).values())))
    with serving(descriptions(document), served) as api:
        code = run(path, workflow, test.get("inputs", test.get("params", {})), api, path.parent)
    out, err = capsys.readouterr()
    outputs = json.loads(out) if out else {}
    expected = {name: each for name, each in test.get("expected_outputs", {}).items() if "." not in name}
    other = sorted(name for name, each in expected.items() if outputs.get(name) != each)
    calls = test.get("expected_api_calls")
    return {
        "here": ended(code, err),
        "there": "passed" if test["expect_success"] else "failed",
        **({"other outputs": other} if other else {}),
        **({"calls": [len(api.asked), calls]} if calls not in (None, len(api.asked)) else {}),
    }
