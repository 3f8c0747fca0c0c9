"""What `python -m provider run` refuses: each in one line, before any call, and with no traceback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from provider.cli.main import main

if TYPE_CHECKING:
    from sandbox.aws import Sandbox

Say = Callable[..., tuple[int, list[str]]]

SEEDS = Path(__file__).parent / "cases" / "seeds"
IMAGING_SEED = SEEDS / "healthimaging-provision-datastore.arazzo.yaml"
NOWHERE = "http://127.0.0.1:9"
"""The discard port of this machine, where nothing listens."""

HEAD = """
arazzo: 1.0.1
info: {title: t, version: "1"}
sourceDescriptions: [{name: lake, url: healthlake.json, type: openapi}]
"""
CIRCLE = f"""{HEAD}
workflows:
- {{workflowId: there, steps: [{{stepId: go, workflowId: back}}]}}
- {{workflowId: back, steps: [{{stepId: go, workflowId: there}}]}}
"""
BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join(10 * [f'*a{n - 1}'])}]" for n in range(1, 12)]
)
UNKNOWN_OPERATION = f"""{HEAD}
workflows: [{{workflowId: w, steps: [{{stepId: s, operationId: CreateFHIRDatastor}}]}}]
"""


@pytest.fixture
def said(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs the command line and returns its exit code and the lines on its standard error."""
    for name, value in cloud.env.items():
        monkeypatch.setenv(name, value)

    def say(*arguments: str | Path) -> tuple[int, list[str]]:
        code = main(["run", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert out == ""
        return code, err.splitlines()

    return say


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, (2, "cannot read the document: no such file")),
        ("arazzo: [", (2, "the text is neither YAML nor JSON")),
        ("openapi: 3.0.0", (2, "the Arazzo Object lacks workflows")),
        ("[" * 10_000, (2, "nested deeper than 100 levels")),
        (BOMB, (2, "more than 100000 nodes with its aliases written out")),
        (UNKNOWN_OPERATION, (2, "did you mean CreateFHIRDatastore")),
        (CIRCLE, (1, "workflows run more than 20 deep")),
    ],
    ids=["no file", "no YAML", "no Arazzo", "too deep", "alias bomb", "unknown operation", "endless circle"],
)
def test_a_document_that_cannot_be_run_is_told_in_a_line_before_any_call(
    text: str | None, told: tuple[int, str], said: Say, cloud: Sandbox, tmp_path: Path
) -> None:
    document = tmp_path / "doc.yaml"
    if text is not None:
        document.write_text(text)
    code, lines = said(document, *(["--workflow", "there"] if text == CIRCLE else []))
    assert (code, sum(told[1] in line for line in lines)) == (told[0], 1), lines
    assert str(document) in lines[0]
    assert cloud.journal() == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--workflow", "provision"], "there is no workflow provision"),
        ([], "datastoreName is missing; clientToken is missing"),
        (["--input", "datastorename=x"], "did you mean datastoreName"),
        (["--input", "datastoreName"], "write --input name=value"),
        (["--inputs", str(IMAGING_SEED)], "is not JSON"),
    ],
    ids=["workflow", "missing", "misspelt", "no value", "no JSON"],
)
def test_inputs_that_do_not_fit_are_told_in_a_line_before_any_call(
    arguments: list[str], line: str, said: Say, cloud: Sandbox
) -> None:
    code, lines = said(IMAGING_SEED, *arguments)
    assert (code, len(lines)) == (2, 1), lines
    assert line in lines[0]
    assert cloud.journal() == []


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"AWS_REGION": None, "AWS_DEFAULT_REGION": None}, "no AWS region is set; set the region"),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "no AWS credentials were found; set"),
        ({"AWS_PROFILE": "nobody"}, "the AWS configuration cannot be used: The config profile (nobody)"),
        ({"AWS_ENDPOINT_URL": NOWHERE}, f"no answer to CreateDatastore from {NOWHERE}"),
    ],
    ids=["no region", "no credentials", "no such profile", "endpoint down"],
)  # fmt: skip
def test_an_aws_that_cannot_be_used_is_told_in_a_line(
    variables: Mapping[str, str | None], line: str, said: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        if value is None:
            monkeypatch.delenv(name)
        else:
            monkeypatch.setenv(name, value)
    code, lines = said(
        IMAGING_SEED, "--input", "datastoreName=a", "--input", "clientToken=b", "--timeout", "0.5"
    )
    assert code == 1
    assert line in lines[-1]
