"""The documents in the tests of Spectral's rules for Arazzo, with what Spectral says of each.

They are object literals of TypeScript that hold what a rule looks at, and nothing else. They are read as
YAML, and what a document needs beside them is added: a rule that is broken is then the only fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

TEST = re.compile(
    r"\n  (?:test|it)\('(?P<name>[^\n]*)', (?:async )?\(\) => \{\n(?P<body>.*?)\n  \}\);", re.DOTALL
)
COMMENT = re.compile(r"(?<![:'\"])//[^\n]*")


class Example(NamedTuple):
    """A document, and whether Spectral refuses it."""

    name: str
    document: dict[str, Any]
    refused: bool


def examples(folder: Path) -> Iterator[Example]:
    """Yield the documents in a folder of tests."""
    for path in sorted(folder.glob("*.test.ts")):
        rule = path.name.removesuffix(".test.ts").removeprefix("arazzo")
        for test in TEST.finditer(path.read_text()):
            found = literal(test["body"])
            length = re.search(r"expect\(results\)\.toHaveLength\((\d+)\)", test["body"])
            if found is not None and length is not None:
                whole = found if rule == "DocumentSchema" else completed(found)
                yield Example(f"{rule}: {test['name']}", whole, length[1] != "0")


def literal(body: str) -> dict[str, Any] | None:
    """Return the first object literal in a test."""
    start = re.search(r"(?:runRule\(|= )\{", body)
    if start is None:
        return None
    begin, depth = start.end() - 1, 0
    for at in range(begin, len(body)):
        depth += {"{": 1, "}": -1}.get(body[at], 0)
        if depth == 0:
            found: dict[str, Any] = yaml.safe_load(COMMENT.sub("", body[begin : at + 1]))
            return found
    return None


def completed(part: dict[str, Any]) -> dict[str, Any]:
    """Return a document that has what a test left out."""
    part = {"workflows": [part]} if "steps" in part else part
    sources = [{"name": "api", "url": "api.yaml", "type": "openapi"}]
    document = {
        "arazzo": "1.0.1",
        "info": {"title": "t", "version": "1"},
        "sourceDescriptions": sources,
        **part,
    }
    document["workflows"] = [_workflow(each, number) for number, each in enumerate(part.get("workflows", ()))]
    return document


def _workflow(given: dict[str, Any], number: int) -> dict[str, Any]:
    steps = given.get("steps") or [{"stepId": "only"}]
    return {"workflowId": f"w{number}", **given, "steps": [_step(each, at) for at, each in enumerate(steps)]}


def _step(given: dict[str, Any], number: int) -> dict[str, Any]:
    called = {"operationId", "operationPath", "workflowId"} & given.keys()
    return {"stepId": f"s{number}", **({} if called else {"operationId": "op"}), **given}
