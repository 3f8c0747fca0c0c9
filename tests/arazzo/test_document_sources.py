"""Documents that include other documents as sources of type arazzo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from provider.arazzo import load, try_load
from tests.arazzo.document_cases import BASE, changed

if TYPE_CHECKING:
    from pathlib import Path

OUTER = """\
arazzo: 1.0.1
info: {title: Outer, version: 1.0.0}
sourceDescriptions:
- {name: inner, type: arazzo, url: inner/base.arazzo.yaml}
workflows:
- workflowId: outer
  dependsOn: [$sourceDescriptions.inner.main]
  steps:
  - stepId: run
    workflowId: $sourceDescriptions.inner.main
    parameters: [{name: name, value: a}]
    onFailure: [{name: again, type: retry, workflowId: $sourceDescriptions.inner.main}]
    outputs: {id: $outputs.id}
  outputs: {id: $steps.run.outputs.id}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "base.arazzo.yaml").write_text(BASE)
    (tmp_path / "outer.arazzo.yaml").write_text(OUTER)
    return tmp_path


def write(folder: Path, **changes: str) -> Path:
    file = folder / "outer.arazzo.yaml"
    file.write_text(changed(OUTER, {before.replace("_", " "): after for before, after in changes.items()}))
    return file


def test_a_source_brings_its_document(folder: Path) -> None:
    document = load(folder / "outer.arazzo.yaml")
    source = document.source("inner")
    step = document.workflow("outer").steps[0]
    assert source.document is not None
    assert source.document.workflow("main").steps[0].step_id == "create"
    assert (step.target.source, step.target.workflow_id) == ("inner", "main")
    assert document.workflow("outer").depends_on == ("$sourceDescriptions.inner.main",)


def test_one_file_is_read_once(folder: Path) -> None:
    twice = "sourceDescriptions:\n- {name: again, type: arazzo, url: ./inner/../inner/base.arazzo.yaml}"
    document = load(write(folder, **{"sourceDescriptions:": twice}))
    assert document.source("again").document is document.source("inner").document


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("inner/none.yaml", "there is no file"),
        ("inner", "there is no file"),
        ("https://example.com/a.yaml", "nothing is fetched"),
        ("//example.com/a.yaml", "nothing is fetched"),
        ("s3://bucket/a.yaml", "nothing is fetched"),
        ("http://[", "is not a URL"),
        ("outer.arazzo.yaml", "include one another"),
    ],
)
def test_a_source_that_cannot_be_read_is_a_fault_at_its_url(folder: Path, url: str, message: str) -> None:
    document, faults = try_load(write(folder, **{"inner/base.arazzo.yaml": f'"{url}"'}))
    assert document is None
    assert [(fault.place.line, message in fault.message) for fault in faults] == [(4, True)]
    assert faults[0].place.path == "/sourceDescriptions/0/url"


def test_a_file_url_is_a_path(folder: Path) -> None:
    url = (folder / "inner" / "base.arazzo.yaml").as_uri()
    assert load(write(folder, **{"inner/base.arazzo.yaml": url})).source("inner").document is not None


def test_documents_that_include_one_another_are_refused(folder: Path) -> None:
    back = "sourceDescriptions:\n- {name: back, type: arazzo, url: ../outer.arazzo.yaml}"
    inner = changed(BASE, {"sourceDescriptions:": back})
    (folder / "inner" / "base.arazzo.yaml").write_text(inner)
    _, faults = try_load(folder / "outer.arazzo.yaml")
    assert [(fault.code, fault.place.document) for fault in faults] == [
        ("endless-sources", str(folder / "inner" / "base.arazzo.yaml"))
    ]


def test_the_depth_of_sources_is_bounded(folder: Path) -> None:
    for level in range(12):
        source = f"sourceDescriptions:\n- {{name: next, type: arazzo, url: level{level + 1}.yaml}}"
        (folder / f"level{level}.yaml").write_text(changed(BASE, {"sourceDescriptions:": source}))
    (folder / "level12.yaml").write_text(BASE)
    _, faults = try_load(folder / "level0.yaml")
    assert [fault.code for fault in faults] == ["limit"]


def test_the_number_of_sources_is_bounded(folder: Path) -> None:
    sources = "".join(f"- {{name: s{n}, type: arazzo, url: other{n}.yaml}}\n" for n in range(33))
    for number in range(33):
        (folder / f"other{number}.yaml").write_text(BASE)
    (folder / "wide.yaml").write_text(
        changed(BASE, {"sourceDescriptions:": f"sourceDescriptions:\n{sources}"})
    )
    limits = [fault for fault in try_load(folder / "wide.yaml")[1] if fault.code == "limit"]
    assert ["32 in all" in fault.message for fault in limits] == [True]


def test_the_faults_of_a_source_name_its_file(folder: Path) -> None:
    (folder / "inner" / "base.arazzo.yaml").write_text(
        changed(BASE, {"operationId: Create": "operationid: Create"})
    )
    document, faults = try_load(folder / "outer.arazzo.yaml")
    assert document is None
    assert {fault.place.document for fault in faults} == {str(folder / "inner" / "base.arazzo.yaml")}


def test_a_source_that_is_no_yaml_is_told_with_its_file(folder: Path) -> None:
    (folder / "inner" / "base.arazzo.yaml").write_text("[")
    _, faults = try_load(folder / "outer.arazzo.yaml")
    assert [(fault.code, fault.place.document) for fault in faults] == [
        ("syntax", str(folder / "inner" / "base.arazzo.yaml"))
    ]


def test_a_text_has_no_folder_for_its_sources() -> None:
    _, faults = try_load(OUTER)
    assert [fault.code for fault in faults] == ["no-folder"]


RUNS = "    workflowId: $sourceDescriptions.inner.main"


def test_a_workflow_that_the_source_lacks_is_told_with_the_nearest(folder: Path) -> None:
    _, faults = try_load(
        write(
            folder,
            **{RUNS: "    workflowId: $sourceDescriptions.inner.mian"},
        )
    )
    assert [(fault.code, fault.place.line, fault.hint) for fault in faults] == [
        ("unknown-workflow", 10, "did you mean main?")
    ]


def test_a_source_that_does_not_exist_is_told_with_the_nearest(folder: Path) -> None:
    _, faults = try_load(
        write(
            folder,
            **{RUNS: "    workflowId: $sourceDescriptions.iner.main"},
        )
    )
    assert [(fault.code, fault.hint) for fault in faults] == [("unknown-source", "did you mean inner?")]


def test_an_input_that_the_sources_workflow_lacks_is_a_warning(folder: Path) -> None:
    document, faults = try_load(write(folder, **{"{name: name, value: a}": "{name: nam, value: a}"}))
    assert document is not None
    assert [(fault.code, fault.severity) for fault in faults] == [("unknown-input", "warning")]


def test_a_document_of_workflows_alone_has_no_operations(folder: Path) -> None:
    _, faults = try_load(write(folder, **{RUNS: "    operationId: Create"}))
    assert [fault.code for fault in faults if fault.severity == "error"] == ["unknown-source"]


# Documents that say who they are (Arazzo 1.1)

INNER_URI = "https://example.com/flows/inner/base.arazzo.yaml"


def newer(text: str, uri: str | None = None) -> str:
    """Return a document as one of Arazzo 1.1, with a $self if one is given."""
    own = "" if uri is None else f"$self: {uri}\n"
    return changed(text, {"arazzo: 1.0.1\n": f"arazzo: 1.1.0\n{own}"})


def codes(folder: Path) -> list[str]:
    return [fault.code for fault in try_load(folder / "outer.arazzo.yaml")[1]]


@pytest.mark.parametrize("place", ["beside.yaml", "beside.json", "a.yml"])
def test_a_source_is_found_by_the_uri_that_its_document_gives_itself(folder: Path, place: str) -> None:
    (folder / "outer.arazzo.yaml").write_text(newer(OUTER, "https://example.com/flows/outer.arazzo.yaml"))
    (folder / place).write_text(newer(changed(BASE, {"title: Base": "title: Found"}), INNER_URI))
    source = load(folder / "outer.arazzo.yaml").source("inner")
    assert source.document is not None
    assert source.document.self_uri == INNER_URI
    assert source.document.title == "Found"
    assert source.url == "inner/base.arazzo.yaml"


def test_an_absolute_url_is_an_identity_too(folder: Path) -> None:
    write(folder, **{"inner/base.arazzo.yaml": INNER_URI})
    (folder / "copy.yaml").write_text(newer(BASE, INNER_URI))
    assert load(folder / "outer.arazzo.yaml").source("inner").document is not None


def test_a_document_that_is_found_by_its_place_alone_is_noted(folder: Path) -> None:
    (folder / "outer.arazzo.yaml").write_text(newer(OUTER, "https://example.com/flows/outer.arazzo.yaml"))
    assert codes(folder) == ["found-by-place"]
    (folder / "inner" / "base.arazzo.yaml").unlink()
    assert codes(folder) == ["remote-source"]


def test_a_relative_self_is_resolved_against_the_place_of_the_document(folder: Path) -> None:
    (folder / "outer.arazzo.yaml").write_text(newer(OUTER, "elsewhere/outer.arazzo.yaml"))
    (folder / "elsewhere" / "inner").mkdir(parents=True)
    (folder / "elsewhere" / "inner" / "base.arazzo.yaml").write_text(newer(BASE))
    document = load(folder / "outer.arazzo.yaml")
    assert document.self_uri == (folder / "elsewhere" / "outer.arazzo.yaml").as_uri()
    assert document.source("inner").document is not None


def test_files_that_are_no_documents_are_passed_over_in_the_search(folder: Path) -> None:
    (folder / "outer.arazzo.yaml").write_text(newer(OUTER, "https://example.com/flows/outer.arazzo.yaml"))
    (folder / "a.yaml").write_text("$self: [")
    (folder / "b.yaml").write_text("$self: 1\narazzo: 1.1.0")
    (folder / "c.yaml").write_bytes(b"$self: \xff")
    (folder / "d.yaml").mkdir()
    (folder / "e.yaml").write_text(newer(BASE, INNER_URI))
    assert codes(folder) == []


def test_a_source_that_nothing_uses_may_be_anywhere(folder: Path) -> None:
    far = "sourceDescriptions:\n- {name: far, type: arazzo, url: https://example.com/far.arazzo.yaml}"
    document, faults = try_load(write(folder, **{"sourceDescriptions:": far}))
    assert document is not None
    assert [(fault.severity, fault.code) for fault in faults] == [("warning", "remote-source")]
