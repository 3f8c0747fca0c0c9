"""No verb, warning, rate, claim or policy names a kind, a service or a property: those are in the rows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.kinds.kind import Kind
from provider.kinds.table import KINDS

PROVIDER = Path(__file__).parents[2] / "provider"
ROOMS = ("verbs", "aws", "documents", "engine", "dynamic", "plugin", "program")
FACES = {
    "dynamic/providers.py": "the class names that states have",
    "program/__init__.py": "the classes that programs use",
    "program/arguments.py": "their arguments",
    "program/export.py": "a class that programs use",
    "program/imaging.py": "a class that programs use",
    "program/lake.py": "a class that programs use",
    "aws/configuration/keys.py": "what users may write for endpoints",
}
"""Modules that name what their users write, and why."""
SETTINGS = {"region", "tags", "timeouts", "connection", "adopt", "force_destroy", "triggers", "export"}
"""Properties that kinds share: what they mean is the provider's own."""


def _own_words() -> set[str]:
    """What rows say, in lower case: kinds, services, operations, members, properties, outputs."""
    words: set[str] = set()
    for row in KINDS.values():
        words |= {row.name, row.service, row.operation, row.id_property, row.status_property, row.id_output}
        for each in row.properties:
            words |= {each.name, *(part.name for part in each.parts), *each.member.split(".")}
        for description in row.descriptions:
            words |= {*description.outputs, *description.outputs.values()}
        words |= {*row.keyed_by, *row.derived, *row.tokens, *row.seconds_between}
    plain = {"Tags", "tags", "job", "created_at", "updated_at", "createdAt", "updatedAt", "CreatedAt", ""}
    return {word.lower() for word in words - SETTINGS - plain}


WORDS = _own_words() | {"medicalimaging", "healthimaging", "fhir", "dicom", "datastore"}


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the strings and the names of a module with their lines, docstrings left out."""
    tree = ast.parse(path.read_text())
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Name):
            yield node.lineno, node.id


def named(path: Path) -> list[str]:
    """What a module names of a kind, with the lines."""
    return [
        f"line {line}: {text}"
        for line, text in _strings(path)
        for word in re.findall(r"[a-z][a-z0-9_-]+", text.lower())
        if word in WORDS
    ]


MODULES = [path for room in ROOMS for path in sorted((PROVIDER / room).rglob("*.py"))]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PROVIDER)))
def test_no_room_but_the_kinds_names_what_is_a_kinds_own(path: Path) -> None:
    if str(path.relative_to(PROVIDER)) not in FACES:
        assert named(path) == []


def test_the_scan_finds_what_it_looks_for() -> None:
    found = named(PROVIDER / "kinds" / "healthlake.py")
    for word in ("datastore_arn", "JobId", "job_id", "preload_data_type", "healthlake"):
        assert any(line.endswith(f": {word}") for line in found), word
    assert any("medical-imaging" in line for line in named(PROVIDER / "kinds" / "healthimaging.py"))


@pytest.mark.parametrize("name", FACES)
def test_every_exception_is_one(name: str) -> None:
    assert named(PROVIDER / name) != []


ASKING = [
    path for room in ("verbs", "engine", "dynamic", "plugin") for path in (PROVIDER / room).rglob("*.py")
]


@pytest.mark.parametrize("name", sorted(name for name in vars(Kind) if not name.startswith("_")))
def test_the_protocol_has_nothing_that_no_verb_and_no_face_asks_for(name: str) -> None:
    asked = re.compile(rf"kind\.{name}\b")
    assert any(asked.search(path.read_text()) for path in ASKING)
