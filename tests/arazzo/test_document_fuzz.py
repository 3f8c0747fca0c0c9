"""Whatever is in a document, reading it ends in a document or in faults, and running it in a result or in one
of our errors: never in another exception, in a hang, or in more than a bounded memory.
"""

from __future__ import annotations

import contextlib
import copy
import json
import random
import string
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from provider.arazzo import Document, Operation, Request, Response, run, try_load
from provider.arazzo.machine.limits import Limits
from provider.documents.graph import dot, mermaid, picture
from provider.documents.validation import check_document
from provider.errors import NoAnswerError, ProviderError
from provider.models import services as models
from tests.arazzo.document_cases import BASE, CASES, SEEDS
from tests.arazzo.fuzz import examples
from tests.arazzo.worlds import START, VirtualClock

TEXTS = [
    BASE,
    *(seed.read_text() for seed in SEEDS),
    (CASES / "validation" / "imaging.arazzo.yaml").read_text(),
    (CASES / "documents" / "newer.arazzo.yaml").read_text(),
]
VALUES = [yaml.safe_load(text) for text in TEXTS]

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(
        ["$inputs.name", "$response.body#/id", "$steps.create.outputs.id", "{$statusCode}", "$.a == 1"]
    )
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
fragments = st.sampled_from(
    [*'[]{}:,-#&*!|>"\n\t $', "- ", "*a", "&a ", "!!x ", "<<: ", "---\n", "? ", "$inputs.", "1e999"]
)


BODIES: tuple[Any, ...] = (
    {
        "datastoreId": "d",
        "datastoreStatus": "CREATING",
        "datastoreProperties": {"datastoreStatus": "CREATING"},
    },
    {"datastoreProperties": {"datastoreStatus": "ACTIVE"}, "id": 1, "status": "ACTIVE"},
    {"DatastoreId": "d", "DatastoreProperties": {"DatastoreStatus": "ACTIVE"}, "JobId": "j"},
    {"ExportJobProperties": {"JobStatus": "COMPLETED"}, "datastoreSummaries": []},
    {"datastoreProperties": [], "status": None},
    {},
    None,
    "<a/>",
    [1, {"a": 2}],
)


class Moody:
    """Answers anything, or nothing, the same way in each run."""

    def __init__(self) -> None:
        self._random = random.Random(7)  # noqa: S311 - it guards no secret

    def call(self, operation: Operation, request: Request) -> Response:
        json.dumps([request.path, request.query, request.header, request.cookie])
        status = self._random.choice([200, 200, 200, 201, 404, 500, 0])
        if status == 0:
            raise NoAnswerError(f"no answer from {operation.source}")
        return Response(status, {"Retry-After": "3"}, copy.deepcopy(self._random.choice(BODIES)))


def run_all(document: Document) -> None:
    """Run every workflow to its end, or to an error of ours."""
    for workflow in document.workflows:
        properties = workflow.inputs.get("properties") if isinstance(workflow.inputs, dict) else None
        inputs = dict.fromkeys(properties or (), "text")
        clock, caller = VirtualClock(), Moody()
        with contextlib.suppress(ProviderError):
            run(
                document,
                workflow.workflow_id,
                inputs,
                caller=caller,
                clock=clock,
                deadline=START + 600,
                random=lambda: 0.5,
                limits=Limits(steps=40),
            )


def end_of(text: str) -> Document | None:
    """Read a string, and use the document in every way if it is one."""
    document, faults = try_load(text)
    assert (document is None) == any(fault.severity == "error" for fault in faults)
    for fault in faults:
        assert "\n" not in str(fault)
        assert fault.place.document == "<text>"
    if document is not None:
        check_document(document, models)
        for workflow in document.workflows:
            mermaid(picture(workflow))
            dot(picture(workflow))
        run_all(document)
    return document


@settings(max_examples=examples(100), deadline=None)
@given(st.text(alphabet=string.printable))
def test_any_text_ends_in_faults(text: str) -> None:
    assert end_of(f"{text}\n") is None


@settings(max_examples=examples(500), deadline=None)
@given(st.data())
def test_a_document_with_its_text_changed_ends_in_a_document_or_in_faults(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.integers(0, 12))
        text = text[:start] + data.draw(fragments | st.text(max_size=4)) + text[end:]
    end_of(f"{text}\n")


@settings(max_examples=examples(500), deadline=None)
@given(st.data())
def test_a_document_with_its_values_changed_ends_in_a_document_or_in_faults(data: st.DataObject) -> None:
    document = copy.deepcopy(VALUES[data.draw(st.integers(0, len(VALUES) - 1))])
    for _ in range(data.draw(st.integers(1, 3))):
        _change(document, data)
    end_of(json.dumps(document, ensure_ascii=False))


def _change(value: Any, data: st.DataObject) -> None:
    """Replace, rename, drop or double something anywhere in a value."""
    while True:
        keys = sorted(value) if isinstance(value, dict) else list(range(len(value)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if not isinstance(value[key], dict | list) or data.draw(st.integers(0, 3)) == 0:
            break
        value = value[key]
    how = data.draw(st.sampled_from(["replace", "drop", "rename", "double"]))
    if how == "replace":
        value[key] = data.draw(json_values)
    elif how == "drop":
        del value[key]
    elif isinstance(value, list):
        value.append(value[key])
    else:
        value[f"{key}{data.draw(st.sampled_from(['', 's', 'Id']))}"] = value.pop(key)


@settings(max_examples=examples(100), deadline=None)
@given(json_values)
def test_any_json_ends_in_faults(value: Any) -> None:
    assert end_of(json.dumps({"arazzo": value})) is None


@pytest.mark.parametrize("text", TEXTS)
def test_every_document_that_is_cut_off_ends_in_a_document_or_in_faults(text: str) -> None:
    for end in range(0, len(text), 97):
        end_of(f"{text[:end]}\n")


HOSTILE = r"""
import resource, sys
from provider.arazzo import criteria, try_load
from provider.arazzo.expressions import Context
from provider.arazzo.protocol import Response

def judge(condition, kind, body):
    context = Context(response=Response(200, body=body))
    criterion = criteria.compile_criterion(condition, kind, "$response.body")
    assert not criteria.decide_criterion(criterion, context).decided

def deep(levels):
    value = 1
    for _ in range(levels):
        value = {"a": value, "b": [value]}
    return value

shared = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level + 1}: &a{level + 1} [{', '.join([f'*a{level}'] * 10)}]\n" for level in range(9)
)
for text in (shared, '{"a": ' + "[" * 4_000_000, "a: " + "&a " * 1_000_000, "a: " + "x" * 4_000_000):
    assert try_load(text + "\n")[0] is None
draft = {"type": "jsonpath", "version": "draft-goessner-dispatch-jsonpath-00"}
judge("$..*..*..*", draft, deep(14))
judge("$[?count($..[?count($..*) > 0]) > 0]", "jsonpath", deep(14))
if sys.platform == "linux":  # where getrusage goes on counting what the parent had when it forked
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    print(int(status["VmHWM"].split()[0]) // 1024)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 * 1024))
"""


def test_hostile_documents_and_criteria_take_a_bounded_memory() -> None:
    command = [sys.executable, "-c", HOSTILE]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) < 400, "MiB at the peak"
