"""The fixtures of the OpenAPI Initiative and of other tools, with the verdicts of tests/cases/strangers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from provider.arazzo import try_load
from provider.arazzo.faults import errors_of
from tests.arazzo.material import material
from tests.arazzo.spectral import examples

VERDICTS = Path(__file__).parents[1] / "cases" / "strangers"


def verdicts(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((VERDICTS / f"{name}.yaml").read_text())
    return found


def verdict(path: Path, expected: Any) -> Any:
    """Return a document's verdict as the table writes it, with the reason that the table gives."""
    document, faults = try_load(path)
    if document is not None:
        return "valid"
    why = {"why": expected["why"]} if isinstance(expected, dict) and "why" in expected else {}
    return {"refused": sorted({fault.code for fault in errors_of(faults)}), **why}


@pytest.mark.parametrize("version", ["arazzo-1.0", "arazzo-1.1"])
def test_the_official_fixtures_have_their_verdicts(version: str) -> None:
    folder = material(version, "tests", "schema")
    known = verdicts(version)
    files = {str(path.relative_to(folder)): path for path in folder.glob("*/*.yaml")}
    assert {name: verdict(path, known.get(name)) for name, path in files.items()} == known


@pytest.mark.parametrize("version", ["arazzo-1.0", "arazzo-1.1"])
def test_what_the_official_fixtures_have_refused_is_refused_and_the_rest_has_a_reason(version: str) -> None:
    for name, given in verdicts(version).items():
        assert given == "valid" or not name.startswith("pass/") or given["why"], name
        assert given != "valid" or name.startswith("pass/"), name


@pytest.mark.parametrize("peer", ["redocly-cli", "arazzo-engine", "openapi"])
def test_the_documents_of_other_tools_have_their_verdicts(peer: str) -> None:
    folder = material(peer)
    known = {name: each for name, each in verdicts("peers").items() if name.startswith(f"{peer}/")}
    found = {name: verdict(folder / name.partition("/")[2], each) for name, each in known.items()}
    assert found == known


def test_spectrals_rules_and_ours_agree_but_for_what_has_a_reason(tmp_path: Path) -> None:
    folder = material("spectral", "packages", "rulesets", "src", "arazzo", "functions", "__tests__")
    known, differing, agreeing = verdicts("spectral"), {}, 0
    for name, document, refused in examples(folder):
        (path := tmp_path / "document.json").write_text(json.dumps(document))
        found, faults = try_load(path)
        if (found is None) == refused:
            agreeing += 1
        else:
            here = "valid" if found else sorted({fault.code for fault in errors_of(faults)})
            why = known.get(name, {}).get("why")
            differing[name] = {"there": "refused" if refused else "valid", "here": here, "why": why}
    assert differing == known
    assert agreeing >= 80, "the tests of Spectral are not written as they were"
