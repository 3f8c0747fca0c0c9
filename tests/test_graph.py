"""Pictures of workflows: what is drawn, and that each format can be read by what shows it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result
from pygraphviz import AGraph

from provider.arazzo import load
from provider.cli.graph import command
from provider.documents.graph import Picture, PictureEdge, dot, mermaid, picture, svg
from provider.errors import ConfigurationError, InputError
from tests.arazzo.document_cases import BASE, SEEDS, changed

IMAGING, LAKE = SEEDS
OURS = sorted((Path(__file__).parents[1] / "provider" / "documents").glob("*.yaml"))
WORKFLOWS = [workflow for path in (*SEEDS, *OURS) for workflow in load(path).workflows]


def drawn(text: str, workflow_id: str = "main") -> Picture:
    return picture(load(text).workflow(workflow_id))


def edges(found: Picture) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(edge.source, edge.target, edge.kind, edge.labels) for edge in found.edges]


def test_the_first_seed_is_drawn_with_its_poll_and_its_failure_apart() -> None:
    found = picture(load(IMAGING).workflows[0])
    assert edges(found) == [
        ("start", "step createDatastore", "next", ()),
        ("step createDatastore", "step pollDatastore", "next", ()),
        ("step pollDatastore", "end", "action", ("datastoreStatus is ACTIVE",)),
        ("step pollDatastore", "step provisioningFailed", "failure", ("datastoreStatus is CREATE_FAILED",)),
        ("step pollDatastore", "step pollDatastore", "poll", ("datastoreStatus is CREATING",)),
        ("step pollDatastore", "step provisioningFailed", "next", ("otherwise",)),
        ("step provisioningFailed", "end", "next", ()),
    ]
    assert [node.id for node in found.nodes if node.failing] == ["step provisioningFailed"]
    assert found.nodes[1].lines == ("createDatastore", "CreateDatastore")


def test_states_with_the_same_way_share_it() -> None:
    found = picture(load(LAKE).workflows[0])
    poll = next(edge for edge in found.edges if edge.kind == "poll" and "Export" in edge.source)
    assert poll.labels == ("JobStatus is SUBMITTED", "JobStatus is IN_PROGRESS")


FAILURES = """    onFailure:
    - {name: busy, type: retry, retryAfter: 1.5, retryLimit: 3, criteria: [{condition: $statusCode == 429}]}
    - {name: once, type: retry, stepId: create}
    - {name: other, type: goto, workflowId: main}
    - {name: stop, type: end}
"""


def test_failure_actions_are_drawn_with_what_they_do() -> None:
    found = drawn(changed(BASE, {"    operationId: Read\n": f"    operationId: Read\n{FAILURES}"}))
    assert [each for each in edges(found) if each[2] == "failure"] == [
        ("step read", "step read", "failure", ("statusCode == 429: retry after 1.5 s, at most 3 times",)),
        ("step read", "step create", "failure", ("on failure: retry, at most 1 time",)),
        ("step read", "workflow main", "failure", ("on failure",)),
        ("step read", "failed", "failure", ("on failure",)),
    ]
    assert {node.id: (node.kind, node.failing) for node in found.nodes if node.failing} == {
        "workflow main": ("workflow", True),
        "failed": ("failed", True),
    }


def test_a_step_that_refuses_what_it_reads_is_drawn_with_both_ways() -> None:
    refusing = "    - condition: $statusCode == 200\n    - condition: $response.body#/state != 'BAD'\n"
    found = drawn(changed(BASE, {"    - condition: $statusCode == 200\n": refusing}))
    assert [each for each in edges(found) if each[0] == "step create"] == [
        ("step create", "step read", "next", ("state != 'BAD'",)),
        ("step create", "failed", "failure", ("not (state != 'BAD')",)),
    ]


def test_a_poll_that_refuses_all_but_the_states_that_it_names_has_no_other_way() -> None:
    allowed = (
        "$response.body#/status == 'ACTIVE' || $response.body#/status == 'A' || $response.body#/status == 'B'"
    )
    criteria = f"    successCriteria: [{{condition: {allowed}}}]\n"
    pending = (
        "      criteria:\n      - condition: $response.body#/status == 'A' || $response.body#/status == 'B'\n"
    )
    changes = {
        "    operationId: Read\n": f"    operationId: Read\n{criteria}",
        "      stepId: read\n": f"      stepId: read\n{pending}",
    }
    assert [each for each in edges(drawn(changed(BASE, changes))) if each[0] == "step read"] == [
        ("step read", "end", "action", ("status is ACTIVE",)),
        ("step read", "step read", "poll", ("status is A or B",)),
        ("step read", "failed", "failure", ("status is not one of ACTIVE, A and B",)),
    ]


def test_what_a_step_alone_refuses_is_named() -> None:
    criterion = "    - condition: $response.body#/state == 'GOOD'\n"
    found = drawn(changed(BASE, {"    - condition: $statusCode == 200\n": criterion}))
    assert [each[3] for each in edges(found) if each[0] == "step create"] == [
        ("state is GOOD",),
        ("state is not GOOD",),
    ]


def test_a_step_that_good_states_lead_to_as_well_is_not_drawn_as_failing() -> None:
    ways = (
        "    - {name: a, type: goto, stepId: read, criteria: [{condition: $response.body#/s == 'FAILED'}]}\n"
    )
    ways += (
        "    - {name: b, type: goto, stepId: read, criteria: [{condition: $response.body#/s == 'DONE'}]}\n"
    )
    found = drawn(
        changed(
            BASE, {"      id: $response.body#/id\n": f"      id: $response.body#/id\n    onSuccess:\n{ways}"}
        )
    )
    assert [node.id for node in found.nodes if node.failing] == []
    assert [each[2:] for each in edges(found) if each[0] == "step create"] == [
        ("failure", ("s is FAILED",)),
        ("action", ("s is DONE",)),
        ("next", ("otherwise",)),
    ]


def test_an_action_without_criteria_leaves_no_other_way() -> None:
    found = drawn(BASE)
    assert [each for each in edges(found) if each[0] == "step read"] == [
        ("step read", "end", "action", ("status is ACTIVE",)),
        ("step read", "step read", "poll", ()),
    ]


@pytest.mark.parametrize(
    ("step", "label"),
    [
        ("    operationPath: '{$sourceDescriptions.api.url}#/paths/~1a~1{id}/get'\n", "GET /a/{id}"),
        ("    workflowId: main\n", "workflow main"),
        ("    operationId: $sourceDescriptions.api.Read\n", "Read"),
    ],
)
def test_a_step_is_drawn_with_what_it_runs(step: str, label: str) -> None:
    assert drawn(changed(BASE, {"    operationId: Read\n": step})).nodes[2].lines == ("read", label)


@pytest.mark.parametrize(
    ("criterion", "label"),
    [
        ("{condition: $response.body#/a/b > 3}", "b > 3"),
        ("{condition: $response.body#/a == 'x' || $response.body#/a == 'y'}", "a is x or y"),
        ("{condition: $response.body#/a == 'x' || $response.body#/b == 'y'}", "a == 'x' || b == 'y'"),
        ("{condition: $response.body#/a == 'x' && $response.body#/a == 'y'}", "a == 'x' && a == 'y'"),
        ("{condition: $response.body == 'x'}", "the answer is x"),
        ("{condition: $response.body.c == 'x' && $inputs.name != 'y'}", "c == 'x' && name != 'y'"),
        ("{condition: '^2', type: regex, context: $statusCode}", "regex ^2"),
        ("{condition: '$.a > 3', type: jsonpath, context: $response.body}", "$.a > 3"),
        ("{condition: '$[?@.a]', type: jsonpath, context: $response.body}", "jsonpath $[?@.a]"),
        (f"{{condition: $response.body#/a != '{'x' * 80}'}}", f"a != '{'x' * 53}…"),
    ],
)
def test_a_condition_is_drawn_in_few_words(criterion: str, label: str) -> None:
    before = (
        '      - context: $response.body\n        condition: $.status == "ACTIVE"\n        type: jsonpath\n'
    )
    found = drawn(changed(BASE, {before: f"      - {criterion}\n"}))
    assert next(edge for edge in found.edges if edge.target == "end").labels == (label,)


def test_a_workflow_without_steps_that_could_not_be_read_still_has_a_picture() -> None:
    workflow = load(BASE).workflow("main")
    assert [edge.target for edge in picture(type(workflow)(workflow_id="none")).edges] == ["end"]


MERMAID = re.compile(
    r'    (n\d+(\(\["[^"]*"\]\)|\["[^"]*"\]|\[\["[^"]*"\]\])'
    r'|n\d+ (-->|==>|-\.->)(\|"[^"]+"\|)? n\d+|classDef \w+ \S+|class (?:n\d+,?)+ \w+)'
)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.workflow_id)
def test_every_line_of_mermaid_is_of_its_grammar(workflow: object) -> None:
    first, *rest = mermaid(picture(workflow)).splitlines()  # type: ignore[arg-type]  # parametrize knows no types
    assert first == "flowchart TD"
    assert [line for line in rest if not MERMAID.fullmatch(line)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.workflow_id)
def test_graphviz_reads_the_same_nodes_and_edges(workflow: object) -> None:
    found = picture(workflow)  # type: ignore[arg-type]  # parametrize knows no types
    graph = AGraph(string=dot(found))
    assert len(graph.nodes()) == len(found.nodes)
    assert len(graph.edges()) == len(found.edges)


HOSTILE = 'a"b<c>&d#e`f\\g'


def test_texts_with_a_meaning_in_a_format_are_escaped() -> None:
    before = (
        '      - context: $response.body\n        condition: $.status == "ACTIVE"\n        type: jsonpath\n'
    )
    after = f"      - condition: >-\n          $response.body != '{HOSTILE}'\n"
    found = drawn(changed(BASE, {before: after}))
    assert "body != 'a#quot;b#lt;c#gt;#amp;d#35;e#96;f#92;g'" in mermaid(found)
    root = ET.fromstring(svg(found))  # noqa: S314 - it is drawn here
    assert f"body != '{HOSTILE}'" in "".join(root.itertext())


def test_mermaid_marks_success_and_failure() -> None:
    lines = mermaid(picture(load(IMAGING).workflows[0])).splitlines()
    assert lines[-2:] == ["    class n3 failure", "    class n4 success"]
    assert lines[4:6] == [
        '    n3["provisioningFailed<br/>GetDatastore"]',
        '    n4(["succeeded"])',
    ]


def test_the_text_is_the_same_every_time() -> None:
    for write in (mermaid, dot):
        assert len({write(picture(load(LAKE).workflows[0])) for _ in range(3)}) == 1


def graph(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments])


def test_the_command_writes_mermaid_unless_told_otherwise() -> None:
    assert graph(IMAGING).output == mermaid(picture(load(IMAGING).workflows[0]))


def test_the_command_writes_svg() -> None:
    result = graph(IMAGING, "--format", "svg", "--workflow", "provision-datastore")
    root = ET.fromstring(result.output)  # noqa: S314 - it is drawn here
    texts = [text.strip() for text in root.itertext() if text.strip()]
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "pollDatastore" in texts
    assert "datastoreStatus is CREATING" in texts


def test_the_command_writes_all_workflows_one_after_the_other() -> None:
    path = next(path for path in OURS if "healthimaging-manage" in path.name)
    assert graph(path, "--format", "dot").output.count("digraph ") == len(load(path).workflows)


def test_an_svg_shows_one_workflow() -> None:
    path = next(path for path in OURS if "healthimaging-manage" in path.name)
    result = graph(path, "--format", "svg")
    assert isinstance(result.exception, InputError)
    assert "choose one with --workflow: read-datastore" in str(result.exception)


def test_an_unknown_workflow_is_told_with_the_nearest() -> None:
    result = graph(IMAGING, "--workflow", "provision-datastor")
    assert isinstance(result.exception, InputError)
    assert str(result.exception) == (
        f"there is no workflow provision-datastor ({IMAGING}); did you mean provision-datastore?"
    )


def test_a_missing_library_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(ConfigurationError, match="pip install pygraphviz"):
        svg(Picture("none", (), (PictureEdge("a", "b", "next"),)))


# What Arazzo 1.1 adds

NEWER = Path(__file__).parent / "cases" / "documents" / "newer.arazzo.yaml"


def test_steps_on_channels_and_dependencies_are_drawn_apart() -> None:
    main, other = (picture(workflow) for workflow in load(NEWER, channels=True).workflows)
    assert {node.id: (node.kind, node.lines[-1]) for node in main.nodes if node.kind == "channel"} == {
        "step place": ("channel", "send place"),
        "step confirm": ("channel", "receive orders"),
    }
    assert [each for each in edges(main) if each[2] == "dependency"] == [
        ("step place", "step confirm", "dependency", ("needed",))
    ]
    assert [each for each in edges(other) if each[2] == "dependency"] == [
        ("workflow main", "step say", "dependency", ("its step find is needed",))
    ]
    assert [node.id for node in other.nodes if node.failing] == []


@pytest.mark.parametrize("form", ["mermaid", "dot", "svg"])
def test_channels_and_dependencies_can_be_written_in_each_format(form: str) -> None:
    options = ["--format", form, "--workflow", "main"]
    shown = CliRunner().invoke(command, [str(NEWER), *options]).output
    assert "receive orders" in shown
    assert "needed" in shown


def test_no_label_is_long_whatever_the_conditions_are() -> None:
    name = "a" * 90
    long = f"$response.body.{name} == 'X' && $inputs.name != 'Y'"
    many = " || ".join(f"$response.body.state == 'STATE_{number}'" for number in range(9))
    actions = f"""    onSuccess:
    - {{name: a, type: end, criteria: [{{condition: "{long}"}}, {{condition: "{long} "}}]}}
    - {{name: b, type: goto, stepId: read, criteria: [{{condition: "{many}"}}]}}
"""
    found = drawn(changed(BASE, {"    outputs:\n      id": f"{actions}    outputs:\n      id"}))
    labels = [label for edge in found.edges for label in edge.labels]
    assert "state is STATE_0, STATE_1, STATE_2 or 6 more" in labels
    assert max(map(len, labels)) <= 80
