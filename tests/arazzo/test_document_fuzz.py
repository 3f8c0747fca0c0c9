"""Whatever is in a document, reading it ends in a document or in faults, never in another exception."""

from __future__ import annotations

import copy
import json
import string
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from provider import models
from provider.arazzo import Document, check
from provider.graph import dot, mermaid, picture
from provider.validation import check_document
from tests.arazzo.document_cases import BASE, CASES, SEEDS

TEXTS = [
    BASE,
    *(seed.read_text() for seed in SEEDS),
    (CASES / "validation" / "imaging.arazzo.yaml").read_text(),
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


def end_of(text: str) -> Document | None:
    """Read a text, and use the document in every way if it is one."""
    document, faults = check(text)
    assert (document is None) == any(fault.severity == "error" for fault in faults)
    for fault in faults:
        assert "\n" not in str(fault)
        assert fault.place.document == "<text>"
    if document is not None:
        check_document(document, models)
        for workflow in document.workflows:
            mermaid(picture(workflow))
            dot(picture(workflow))
    return document


@settings(deadline=None)
@given(st.text(alphabet=string.printable))
def test_any_text_ends_in_faults(text: str) -> None:
    assert end_of(f"{text}\n") is None


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_a_document_with_its_text_changed_ends_in_a_document_or_in_faults(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.integers(0, 12))
        text = text[:start] + data.draw(fragments | st.text(max_size=4)) + text[end:]
    end_of(f"{text}\n")


@settings(max_examples=500, deadline=None)
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


@settings(deadline=None)
@given(json_values)
def test_any_json_ends_in_faults(value: Any) -> None:
    assert end_of(json.dumps({"arazzo": value})) is None


@pytest.mark.parametrize("text", TEXTS)
def test_every_document_that_is_cut_off_ends_in_a_document_or_in_faults(text: str) -> None:
    for end in range(0, len(text), 97):
        end_of(f"{text[:end]}\n")
