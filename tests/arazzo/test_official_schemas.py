"""The official JSON schemas of Arazzo over thousands of mutants: what they refuse is refused here.

``ARAZZO_MUTANTS`` says how many mutants of each version are looked at (300 if left out, in an order that is
the same every time; the schema takes a while for each).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import provider
from provider.arazzo import try_load
from tests.arazzo.document_cases import CASES, SEEDS
from tests.arazzo.material import material
from tests.arazzo.mutants import Mutant, mutants

OURS = sorted((Path(provider.__file__).parent / "documents").glob("*.arazzo.yaml"))
BASES = [*SEEDS, *OURS, *sorted((CASES / "documents").glob("*.arazzo.yaml"))]
NUMBER = int(os.environ.get("ARAZZO_MUTANTS", "300"))


class Loader(yaml.SafeLoader):
    """YAML with JSON's types: a date is a string."""


Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in each if not tag.endswith(":timestamp")]
    for letter, each in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def accepted(document: Any) -> bool:
    return try_load(json.dumps(document))[0] is not None


def overruled(mutant: Mutant, document: Any, minor: int) -> str | None:
    """Return why a mutant is accepted that the schema refuses: the specification's text has the last word."""
    at = _object(mutant, document)
    if "replacements" in mutant.place and mutant.place[-1] == "value":
        return "a replacement's value is Any, 10 in the specification's own example"
    if isinstance(at, dict) and "reference" in at:
        return "any properties added to a Reusable Object MUST be ignored"
    if minor and isinstance(at, dict) and isinstance(at.get("value"), dict) and "name" in at:
        return "a parameter's value is Any"
    return None


def _object(mutant: Mutant, document: Any) -> Any:
    """Return the object that was changed, or the one whose field was."""
    value = parent = document
    for key in mutant.place:
        parent = value
        try:
            value = value[key]
        except (LookupError, TypeError):
            break
    return value if isinstance(value, dict) and "reference" in value else parent


@pytest.mark.parametrize("minor", [0, 1])
def test_what_the_official_schema_refuses_is_refused(minor: int) -> None:
    folder = material(f"arazzo-1.{minor}")
    schema = yaml.safe_load((folder / "src" / "schemas" / "validation" / "schema.yaml").read_text())
    validator = Draft202012Validator(schema)
    files = [*BASES, *folder.glob("tests/schema/pass/*.yaml"), *folder.glob("examples/1.*/*.arazzo.yaml")]
    bases = [yaml.load(path.read_text(), Loader) for path in files]  # noqa: S506 - a safe loader of our own
    sound = [base for base in bases if accepted(base) and validator.is_valid(base)]
    assert len(sound) > 7
    found = [mutant for base in sound for mutant in mutants(base)]
    Random(1).shuffle(found)  # noqa: S311 - a sample, the same one every time
    assert [str(each) for each in found[:NUMBER] if _slips(each, validator, minor)] == []


def _slips(mutant: Mutant, validator: Draft202012Validator, minor: int) -> bool:
    document = mutant.make()
    if not accepted(document) or validator.is_valid(document):
        return False
    return overruled(mutant, document, minor) is None
