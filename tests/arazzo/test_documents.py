"""Reading documents: every kind of fault with its place, and what a sound document becomes."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import provider
from provider.arazzo import Document, DocumentError, DocumentFault, load, try_load
from tests.arazzo.document_cases import BASE, SEEDS, Case, cases, changed, shown


@pytest.mark.parametrize("case", cases("documents"), ids=str)
def test_each_fault_is_found_with_its_place(case: Case) -> None:
    document, faults = try_load(case.text)
    assert [shown(fault) for fault in faults] == list(case.faults), "\n".join(map(str, faults))
    assert (document is None) == any(fault.startswith("error") for fault in case.faults)


PROVIDER = Path(provider.__file__).parent
OF_FILES = {"encoding", "endless-sources", "found-by-place", "limit", "remote-source", "unreadable"}
"""Kinds of fault that take files or large strings to show; see the tests below and test_document_sources."""


def test_every_kind_of_fault_has_a_broken_document() -> None:
    shown_by_cases = {
        fault.split()[1]
        for name in ("documents", "validation")
        for case in cases(name)
        for fault in case.faults
    }
    files = [*(PROVIDER / "arazzo").rglob("*.py"), *(PROVIDER / "documents" / "validation").rglob("*.py")]
    found = {kind for path in files for kind in _kinds(ast.parse(path.read_text()))}
    assert len(found) > 40
    assert found - shown_by_cases == OF_FILES


def _kinds(module: ast.Module) -> Iterator[str]:
    """Yield the kinds that a module names: ``fault("kind", ...)``, ``DocumentFault("error", "kind")``."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            position = {"DocumentFault": 1, "key_fault": 1}.get(
                name, 0 if name.endswith(("fault", "ScalarError")) else None
            )
            kind = node.args[position] if position is not None and len(node.args) > position else None
            if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                yield kind.value


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_the_seeds_have_no_fault(seed: Path) -> None:
    assert try_load(seed)[1] == ()


def test_load_raises_all_faults_with_a_line_each_and_their_number_last() -> None:
    text = changed(
        BASE, {"operationId: Create": "operationid: Create", "$inputs.name\n    req": "$inputs.nam\n    req"}
    )
    with pytest.raises(DocumentError) as caught:
        load(text)
    assert str(caught.value).splitlines() == [
        (
            "<text>:13:5: error: a step has neither operationId, operationPath nor workflowId"
            " at /workflows/0/steps/0 [exclusive-fields]; give exactly one of the three"
        ),
        (
            "<text>:14:5: error: 'operationid' is not a field of the Step Object"
            " at /workflows/0/steps/0/operationid [unknown-field]; did you mean operationId?"
        ),
        "2 errors, 1 warning",
    ]
    assert [fault.severity for fault in caught.value.faults] == ["error", "error", "warning"]
    assert caught.value.place.line == 13


def test_a_fault_is_one_printable_line_whatever_the_document_holds() -> None:
    _, faults = try_load('{"arazzo": "1.0.1", "a\\n\\u001b[31mb": 1}')
    assert "at /a\\n\\x1b[31mb [unknown-field]" in next(
        str(each) for each in faults if each.code == "unknown-field"
    )


def test_a_fault_names_its_workflow_and_step() -> None:
    _, (fault,) = try_load(
        changed(BASE, {"value: $steps.create.outputs.id": "value: $steps.creat.outputs.id"})
    )
    assert (fault.place.workflow, fault.place.step) == ("main", "read")


def test_json_and_yaml_become_the_same_document() -> None:
    as_json = json.dumps(yaml.safe_load(BASE), indent=1)
    assert _plain(load(as_json)) == _plain(load(BASE))


def _plain(document: Document) -> list[Any]:
    """Return what a document says, without where it says it."""
    return [
        (
            workflow.workflow_id,
            workflow.inputs,
            [
                (
                    step.step_id,
                    step.target,
                    [(each.name, each.in_, each.value.source) for each in step.parameters],
                    [each.text for each in step.success_criteria],
                    [(each.name, each.type, each.step_id) for each in step.on_success],
                    {name: each.text for name, each in step.outputs.items()},
                )
                for step in workflow.steps
            ],
        )
        for workflow in document.workflows
    ]


def test_a_document_is_read_into_its_model() -> None:
    document = load(BASE)
    create, read = document.workflow("main").steps
    assert (document.name, document.arazzo, document.title, document.version) == (
        "<text>",
        "1.0.1",
        "Base",
        "1.0.0",
    )
    assert document.source("api").url == "./api.yaml"
    assert (create.target.source, create.target.operation_id) == ("api", "Create")
    assert create.request_body is not None
    assert create.request_body.content_type == "application/json"
    assert create.request_body.payload is not None
    assert create.request_body.payload.source == {"Name": "$inputs.name"}
    assert [(each.name, each.in_, each.value.source) for each in read.parameters] == [
        ("id", "path", "$steps.create.outputs.id")
    ]
    assert [(each.name, each.type, each.step_id, len(each.criteria)) for each in read.on_success] == [
        ("done", "end", None, 1),
        ("again", "goto", "read", 0),
    ]
    assert document.workflow("main").index("read") == 1
    assert (read.place.line, read.place.path, read.place.step) == (27, "/workflows/0/steps/1", "read")


def test_looking_up_what_a_document_lacks_is_a_key_error() -> None:
    document = load(BASE)
    for look in (document.workflow, document.source, document.workflow("main").index):
        with pytest.raises(KeyError):
            look("nothing")


def test_an_operation_path_becomes_a_path_and_a_method() -> None:
    path = "operationPath: '{$sourceDescriptions.api.url}#/paths/~1a~0b~1%7Bid%7D/get'"
    step = load(changed(BASE, {"operationId: Read": path})).workflow("main").steps[1]
    assert step.target.operation_path == ("/a~b/{id}", "get")


def test_a_timeout_is_in_seconds() -> None:
    newer = {"arazzo: 1.0.1": "arazzo: 1.1.0", "operationId: Read": "operationId: Read\n    timeout: 1500"}
    text = changed(BASE, newer)
    assert load(text).workflow("main").steps[1].timeout == 1.5


def test_the_workflows_parameters_go_into_every_step_and_a_steps_own_override_them() -> None:
    kind, id_ = "{name: kind, in: query, value: all}", "{name: X-Id, in: header, value: 1}"
    shared = f"  parameters:\n  - {kind}\n  - {id_}\n  steps:\n"
    own = "    - {name: x-id, in: header, value: 2}\n    - name: kind\n"
    workflow = load(changed(BASE, {"  steps:\n": shared, "    - name: kind\n": own})).workflow("main")
    create, read = ([(each.name, each.value.source) for each in step.parameters] for step in workflow.steps)
    assert create == [("kind", "$inputs.name"), ("x-id", 2)]
    assert read == [("kind", "all"), ("X-Id", 1), ("id", "$steps.create.outputs.id")]


def test_a_workflow_step_takes_all_parameters_as_inputs() -> None:
    inner = "workflows:\n- workflowId: inner\n  steps: [{stepId: a, operationId: A}]"
    kind, id_ = "{name: kind, in: header, value: all}", "{name: id, in: query, value: 1}"
    shared = f"  parameters:\n  - {kind}\n  - {id_}\n  steps:\n"
    changes = {"workflows:": inner, "  steps:\n  - stepId: create": f"{shared}  - stepId: create"}
    step = load(changed(BASE, {**changes, "    operationId: Create\n": "    workflowId: inner\n"}))
    parameters = step.workflow("main").steps[0].parameters
    assert {each.name: each.value.source for each in parameters} == {"kind": "$inputs.name", "id": 1}


def test_the_workflows_actions_come_after_the_steps_own_which_override_them_by_name() -> None:
    over, stop = "[{name: over, type: end}, {name: done, type: end}]", "[{name: stop, type: end}]"
    actions = f"  successActions: {over}\n  failureActions: {stop}\n  steps:\n"
    create, read = load(changed(BASE, {"  steps:\n": actions})).workflow("main").steps
    assert [action.name for action in create.on_success] == ["over", "done"]
    assert [action.name for action in read.on_success] == ["done", "again", "over"]
    assert read.on_success[0].criteria
    assert [[action.name for action in step.on_failure] for step in (create, read)] == [["stop"], ["stop"]]


def test_a_reference_brings_the_component_with_its_value_overridden() -> None:
    components = "components: {parameters: {size: {name: size, in: query, value: 1}}}\nworkflows:"
    uses = "    - {reference: $components.parameters.size, value: $inputs.name}\n    - name: kind\n"
    document = load(changed(BASE, {"workflows:": components, "    - name: kind\n": uses}))
    parameter = document.workflow("main").steps[0].parameters[0]
    assert (parameter.name, parameter.in_, parameter.value.source) == ("size", "query", "$inputs.name")
    assert document.parameters == {"size": {"name": "size", "in": "query", "value": 1}}


@pytest.mark.parametrize(
    "reference",
    ["#/components/inputs/page/properties/size", "#size"],
    ids=["a part of a component", "an anchor"],
)
def test_a_reference_leads_into_the_components(reference: str) -> None:
    inputs = "{page: {properties: {size: {$anchor: size, type: integer}}}}"
    changes = {
        "workflows:": f"components: {{inputs: {inputs}}}\nworkflows:",
        "name: {type: string}": f"name: {{$ref: '{reference}'}}",
    }
    inputs_schema = load(changed(BASE, changes)).workflow("main").inputs
    assert inputs_schema["properties"]["name"]["type"] == "integer"


@pytest.mark.parametrize("reference", ["#/components/inputs/page/items", "#other", "#/nope"])
def test_a_reference_that_leads_nowhere_is_a_fault(reference: str) -> None:
    changes = {
        "workflows:": "components: {inputs: {page: {properties: {}}}}\nworkflows:",
        "name: {type: string}": f"name: {{$ref: '{reference}'}}",
    }
    assert [fault.code for fault in try_load(changed(BASE, changes))[1]] == ["unknown-reference"]


def test_references_in_a_schema_are_written_out() -> None:
    components = "components: {inputs: {a: {$ref: '#/components/inputs/b'}, b: {type: integer}}}\nworkflows:"
    schema = "name: {title: T, $ref: '#/components/inputs/a', allOf: [true]}"
    document = load(changed(BASE, {"workflows:": components, "name: {type: string}": schema}))
    inputs = document.workflow("main").inputs
    assert inputs["properties"]["name"] == {"title": "T", "allOf": [True, {"type": "integer"}]}


def test_extensions_are_kept() -> None:
    changes = {
        "  url: ./api.yaml": "  url: ./api.yaml\n  x-aws-service: s3",
        "operationId: Read": "operationId: Read\n    x-a: 1",
        "- workflowId: main\n": "- workflowId: main\n  x-b: [2]\n",
        "arazzo: 1.0.1": "arazzo: 1.0.1\nx-c: {d: 3}",
    }
    document = load(changed(BASE, changes))
    assert document.source("api").extensions == {"x-aws-service": "s3"}
    assert document.workflow("main").steps[1].extensions == {"x-a": 1}
    assert document.workflow("main").extensions == {"x-b": [2]}
    assert document.extensions == {"x-c": {"d": 3}}


def test_values_keep_the_types_of_json() -> None:
    values = (
        "{a: yes, b: 2020-01-01, c: 012, d: 0x1F, e: 1_000, f: .inf, g: ~, h: TRUE, i: 1e2, j: -0, k: '1'}"
    )
    document = load(
        changed(BASE, {"      payload:\n        Name: $inputs.name\n": f"      payload: {values}\n"})
    )
    body = document.workflow("main").steps[0].request_body
    assert body is not None
    assert body.payload is not None
    assert body.payload.source == {
        "a": "yes",
        "b": "2020-01-01",
        "c": "012",
        "d": "0x1F",
        "e": "1_000",
        "f": ".inf",
        "g": None,
        "h": True,
        "i": 100.0,
        "j": 0,
        "k": "1",
    }


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbf" + BASE.encode())
    assert try_load(tmp_path / "bom.yaml")[1] == ()
    assert try_load("\ufeff" + BASE)[1] == ()


def test_a_path_may_be_a_text_or_a_path(tmp_path: Path) -> None:
    file = tmp_path / "a.arazzo.yaml"
    file.write_text(BASE)
    assert load(str(file)).name == load(file).name == str(file)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda _: "no-such-file.yaml", "no such file or directory"),
        (lambda folder: folder, "is a directory"),
        (lambda _: "a\0b", "embedded null byte"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(make: Any, reason: str, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=f"cannot read the document: {reason}"):
        load(make(tmp_path))


def test_a_document_in_another_encoding_is_refused_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("a: 1\nb: \xe4\n".encode("latin-1"))
    _, (fault,) = try_load(tmp_path / "latin.yaml")
    assert (fault.code, fault.place.line) == ("encoding", 2)


def test_a_text_that_no_file_could_hold_is_refused() -> None:
    _, (fault,) = try_load("arazzo: \ud83d\n")
    assert fault.code == "encoding"


def _one(faults: tuple[DocumentFault, ...]) -> DocumentFault:
    (fault,) = faults
    return fault


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{', '.join([f'*{chr(97 + level)}'] * 10)}]\n"
    for level in range(9)
)


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        (BOMB, "more than 100000 nodes"),
        ("a: &a 1\nb: [" + "*a, " * 2000 + "]\n", "more than 1000 aliases"),
        ("arazzo: " + "[" * 5000 + "\n", "deeper than 100 levels"),
        ('{"arazzo": ' + "[" * 200 + "]" * 200 + "}", "deeper than 100 levels"),
        ('{"arazzo": ' + "[" * 200_000, "deeper than 100 levels"),
        ("a:\n" + "- 1\n" * 100_001, "more than 100000 nodes"),
        ("a: " + "x" * 300_000 + "\n", "longer than 262144 characters"),
        ("a: 1\n" * 1_000_000, "larger than 4194304 characters"),
    ],
    ids=["alias bomb", "aliases", "depth", "depth of JSON", "unfinished depth", "nodes", "a value", "size"],
)
def test_a_hostile_text_ends_in_a_fault_that_names_the_bound(text: str, bound: str) -> None:
    fault = _one(try_load(text)[1][-1:])
    assert fault.code == "limit"
    assert bound in fault.message


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(1 << 40)
    assert "larger than 4194304 bytes" in _one(try_load(tmp_path / "large.yaml")[1]).message


def test_reading_stops_after_so_many_faults() -> None:
    text = changed(
        BASE, {"arazzo: 1.0.1": "arazzo: 1.0.1\n" + "".join(f"field{n}: 1\n" for n in range(1000))}
    )
    _, faults = try_load(text)
    assert len(faults) == 501
    assert "500 faults or more" in next(fault.message for fault in faults if fault.code == "limit")


def test_a_list_of_objects_is_bounded() -> None:
    steps = "".join(f"  - {{stepId: s{n}, operationId: A}}\n" for n in range(501))
    text = changed(BASE, {"  steps:\n": f"  steps:\n{steps}", "value: $steps.create.outputs.id": "value: 1"})
    assert any(
        fault.code == "limit" and "more than 500 entries" in fault.message for fault in try_load(text)[1]
    )


def test_components_that_are_used_too_often_are_a_limit() -> None:
    large = "components: {parameters: {p: {name: p, in: query, value: [" + "1, " * 2000 + "]}}}\nworkflows:"
    uses = "    - {reference: $components.parameters.p}\n" * 60 + "    - name: kind\n"
    fault = try_load(changed(BASE, {"workflows:": large, "    - name: kind\n": uses}))[1]
    assert any(each.code == "limit" and "references written out" in each.message for each in fault)


def test_schemas_that_grow_by_references_are_a_limit() -> None:
    levels = [f"s{n}: {{anyOf: [{f'{{$ref: #/components/inputs/s{n + 1}}}, ' * 10}]}}" for n in range(20)]
    quoted = ", ".join(level.replace("{$ref: ", "{$ref: '").replace("}, ", "'}, ") for level in levels)
    text = changed(BASE, {"workflows:": f"components: {{inputs: {{{quoted}, s20: {{}}}}}}\nworkflows:"})
    assert any(fault.code == "limit" for fault in try_load(text)[1])
