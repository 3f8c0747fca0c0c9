"""What keeps the language quick and bounded, and how its errors show themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonpath_ng.ext.parser
import jsonpath_rfc9535
import pytest
import yaml

from provider.arazzo import conditions, criteria, expressions, patterns, templates, try_load, xmltext
from provider.arazzo.expressions import Context
from provider.arazzo.jsonpath.draft import Draft
from provider.arazzo.jsonpath.paths import PathError
from provider.arazzo.protocol import MISSING, Response
from provider.arazzo.syntax import (
    MAX_LENGTH,
    ConditionError,
    CriterionError,
    ExpressionError,
    TemplateError,
    TextError,
)
from provider.arazzo.values import LOOSE

SEEDS = sorted((Path(__file__).parents[1] / "cases" / "seeds").glob("*.yaml"))
DRAFT = {"type": "jsonpath", "version": "draft-goessner-dispatch-jsonpath-00"}
RFC9535 = {"type": "jsonpath", "version": "rfc9535"}
RUNAWAY = "(a|a)+$"


def _body(body: Any) -> Context:
    return Context(response=Response(status=200, body=body))


def _nested(depth: int, name: str = "a") -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {name: value}
    return value


def _judge(condition: str, body: Any, kind: Any = "jsonpath") -> criteria.Verdict:
    return criteria.decide_criterion(
        criteria.compile_criterion(condition, kind, "$response.body"), _body(body)
    )


def test_an_error_says_where_the_fault_is() -> None:
    with pytest.raises(ConditionError) as caught:
        conditions.parse_condition("$statusCode == 200 &&\n  $response.body.ok = true")
    error = caught.value
    assert str(error) == (
        "cannot read the condition `$statusCode == 200 && $response.body.ok = true` at character 43:"
        " '=' is not expected here; == compares"
    )
    assert (error.text[error.offset], error.reason, error.hint) == (
        "=",
        "'=' is not expected here",
        "== compares",
    )


def test_a_long_text_is_cut_in_its_message() -> None:
    with pytest.raises(ExpressionError, match=r"`\$inputs\.a{49}\.\.\.` at character 1010"):
        expressions.parse_expression("$inputs." + "a" * 1000 + "[")


def test_an_embedded_expression_knows_where_it_stands() -> None:
    text = 'x {$5} {$inputs.a}-{$response.body#/b} {"c": {$steps.d.outputs.e}}'
    for template in (templates.parse_template(text), templates.parse_payload(text, "text/plain")):
        found = [expression for _, expression in template.expressions()]
        assert [text[slice(*each.span)] for each in found] == [each.text for each in found]
        assert len(found) == 3


@pytest.mark.parametrize(
    ("read", "text", "error"),
    [
        (expressions.parse_expression, "$inputs." + "a" * 9000, ExpressionError),
        (conditions.parse_condition, "true" + " " * 9000, ConditionError),
        (templates.parse_template, "{$inputs." + "a" * 9000 + "}", ExpressionError),
        (lambda text: criteria.compile_criterion(text, "regex", "$url"), "a" * 9000, CriterionError),
        (
            lambda text: criteria.compile_criterion(text, "jsonpath", "$url"),
            "$" + ".a" * 5000,
            CriterionError,
        ),
        (lambda text: criteria.compile_criterion(text, "xpath", "$url"), "/a" * 5000, CriterionError),
        (lambda text: templates.replace("<a/>", [(text, 1)]), "/a" * 5000, TemplateError),
    ],
)
def test_a_text_longer_than_any_sensible_one_is_refused(read: Any, text: str, error: type[TextError]) -> None:
    with pytest.raises(error, match="longer than 8192 characters"):
        read(text)


@pytest.mark.parametrize(
    ("read", "text", "reason"),
    [
        (expressions.parse_expression, "$inputs" + ".a" * 65, "more than 64 members"),
        (expressions.parse_expression, "$response.body" + "[0]" * 65, "more than 64 members"),
        (conditions.parse_condition, "(" * 65 + "true" + ")" * 65, "nests deeper than 64"),
        (conditions.parse_condition, "!" * 65 + "true", "nests deeper than 64"),
        (
            lambda text: criteria.compile_criterion(text, "jsonpath", "$url"),
            "$" + ".a" * 65,
            "more than 64 members",
        ),
        (
            lambda text: criteria.compile_criterion(text, "jsonpath", "$url"),
            "$" + "[?@.a" * 65 + "]" * 65,
            "nests deeper than 64",
        ),
        (
            lambda text: criteria.compile_criterion(text, RFC9535, "$url"),
            "$[?" + "(" * 1000 + "@.a" + ")" * 1000 + "]",
            "nests too deeply",
        ),
        (
            lambda text: criteria.compile_criterion(text, "xpath", "$url"),
            "(" * 2000 + "1" + ")" * 2000,
            "nests too deeply",
        ),
        (
            lambda text: templates.parse_payload(text, "application/json"),
            "[" * 101 + "]" * 101,
            "deeper than 100",
        ),
        (lambda text: templates.replace({}, [(text, 1)]), "/a" * 101, "goes deeper than 100"),
        (lambda text: templates.parse_template(_nested(101, text)), "a", "nests deeper than 100"),
    ],
)
def test_a_text_that_nests_deeper_than_any_sensible_one_is_refused(read: Any, text: str, reason: str) -> None:
    with pytest.raises(TextError, match=reason):
        read(text)


def test_a_text_as_long_as_allowed_is_read() -> None:
    assert conditions.decide_condition(conditions.parse_condition("true".ljust(MAX_LENGTH)), Context()).holds
    with pytest.raises(ConditionError, match="longer than"):
        conditions.parse_condition("true".ljust(MAX_LENGTH + 1))


def test_a_draft_path_may_descend_three_times() -> None:
    assert list(Draft("$..a..b..c").find({"a": {"b": {"c": 1}}})) == [1]
    with pytest.raises(PathError, match="it descends more than 3 times") as refused:
        Draft("$..a..b..c..d")
    assert refused.value.offset == 0


def test_a_draft_path_with_too_many_steps_is_refused_and_read_as_rfc_9535() -> None:
    path = "$" + ".a[*]" * 400
    with pytest.raises(PathError, match="it nests too deeply"):
        Draft(path)
    assert not _judge(path, {"a": [1]}, DRAFT).holds


def test_what_nests_as_deep_as_allowed_is_read_and_evaluated() -> None:
    assert (
        expressions.evaluate(expressions.parse_expression("$response.body" + ".a" * 64), _body(_nested(64)))
        == 1
    )
    assert conditions.decide_condition(
        conditions.parse_condition("(" * 64 + "true" + ")" * 64), Context()
    ).holds
    assert conditions.decide_condition(
        conditions.parse_condition("!(" * 32 + "true" + ")" * 32), Context()
    ).holds
    assert templates.render(templates.parse_template(_nested(100)), Context()) == _nested(100)
    for text in ("[" * 100 + "]" * 100, "[" + "{}," * 200 + "{}]"):
        template = templates.parse_payload(text, "application/json")
        assert templates.render(template, Context()) == json.loads(text)
    assert _judge("$" + ".a" * 64 + " == 1", _nested(64)).holds


def test_values_of_any_depth_are_compared() -> None:
    deep, other = _nested(20_000), _nested(20_000)
    assert conditions.decide_condition(
        conditions.parse_condition("$inputs.a == $inputs.b"), Context(inputs={"a": 1, "b": 1})
    ).holds
    assert LOOSE.equal(deep, other)


@pytest.mark.parametrize(
    ("condition", "kind"),
    [("$..zz", "jsonpath"), ("$.a == 1", "jsonpath"), ("1", "regex")],
)
def test_a_value_that_nests_too_deeply_for_a_criterion_is_said_to(condition: str, kind: Any) -> None:
    verdict = _judge(condition, _nested(20_000), kind)
    assert not verdict.holds
    assert not verdict.decided
    assert "nests too deeply" in verdict.why


@pytest.mark.parametrize(
    ("condition", "kind", "body"),
    [
        (RUNAWAY, "regex", "a" * 40 + "!"),
        (f"$[?search(@, '{RUNAWAY[:-1]}b')]", "jsonpath", ["a" * 40 + "!"]),
        (f"$[?match(@, '{RUNAWAY[:-1]}')]", "jsonpath", ["a" * 40 + "!"]),
    ],
)
def test_a_criterion_whose_pattern_runs_away_cannot_be_evaluated(
    condition: str, kind: str, body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patterns, "SECONDS", 0.02)
    verdict = _judge(condition, body, kind)
    assert (verdict.holds, verdict.decided) == (False, False)
    assert "the pattern needs more than 0.02 s for this text" in verdict.why


def test_a_path_that_visits_too_much_cannot_be_evaluated() -> None:
    body = [list(range(100)) for _ in range(200)]
    assert _judge("$[?count($..[?@ == -1]) > 0]", body[:3]).decided
    verdict = _judge("$[?count($..[?count($..[?@ == -1]) > 0]) > 0]", body)
    assert (verdict.holds, verdict.decided) == (False, False)
    assert "it takes too much work" in verdict.why


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("$..*..*", DRAFT),
        ("$..[?(@..a == 1 || @.b)]", DRAFT),
        ("$[?($..a == 1)]", DRAFT),
        ("$..*..*", RFC9535),
        ("$..[?count(@..a) > 0]", RFC9535),
        ("$[?count($..a) > 0]", RFC9535),
    ],
)
def test_the_work_of_a_path_is_judged_by_the_size_of_the_value(
    path: str, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("provider.arazzo.jsonpath.work.BUDGET", 20_000)
    assert _judge(path, [{"a": [1]}] * 30, kind).decided
    verdict = _judge(path, [{"a": [1]}] * 1_700, kind)
    assert (verdict.holds, verdict.decided) == (False, False)
    assert "it takes too much work" in verdict.why


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("$[?(@.a[0] == 1)]", DRAFT),
        ("$[*].a[*]", DRAFT),
        ("$..a", DRAFT),
        ("$[?@.a[?@ == 1]]", RFC9535),
        ("$..[?@.a]", RFC9535),
    ],
)
def test_a_path_that_visits_each_value_once_is_evaluated_on_large_values(path: str, kind: Any) -> None:
    assert _judge(path, [{"a": [1]}] * 2_000, kind).holds


def test_a_comparison_of_many_values_with_many_cannot_be_evaluated() -> None:
    pets = [{"age": number, "tag": f"t{number}"} for number in range(1_000)]
    assert _judge("$[*].age == $[*].tag", pets[:300]).decided
    assert _judge("$[*].tag == $[*].tag", pets).holds
    verdict = _judge("$[*].age == $[*].tag", pets)
    assert (verdict.holds, verdict.decided) == (False, False)
    assert "it takes too much work" in verdict.why


def test_the_paths_of_a_bare_comparison_that_lead_to_many_values_are_few() -> None:
    paths = [f"$..a{number} == 1" for number in range(9)]
    assert not _judge(" || ".join(paths[:8]), {}).holds
    with pytest.raises(CriterionError, match="more than 8 paths in it may lead to many values"):
        _judge(" || ".join(paths), {})


def test_a_path_on_a_large_list_is_evaluated() -> None:
    pets = [{"age": number} for number in range(20_000)]
    for path, kind in (("$[?(@.age > 19998 && @.age < 30000)]", DRAFT), ("$[?@.age > 19998]", RFC9535)):
        assert _judge(path, pets, kind).holds, path


def test_an_xml_text_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmltext, "_MAX_CHARACTERS", 10)
    with pytest.raises(xmltext.XmlError, match="longer than 10 characters"):
        xmltext.read_xml("<a>12345678</a>")


@pytest.mark.parametrize("package", ["elementpath", "lxml.etree"])
@pytest.mark.parametrize(
    "fields",
    [
        {"successCriteria": [{"type": "xpath", "condition": "/a", "context": "$response.body"}]},
        {
            "successCriteria": [
                {"type": "xpath", "condition": "/a = '{$inputs.x}'", "context": "$response.body"}
            ]
        },
        {"outputs": {"a": {"type": "xpath", "selector": "/a", "context": "$response.body"}}},
        {
            "requestBody": {
                "contentType": "application/xml",
                "payload": "<a/>",
                "replacements": [{"target": "/a", "value": "b"}],
            }
        },
    ],
    ids=["criterion", "criterion with an expression", "selector", "replacement"],
)
def test_a_document_with_an_xpath_says_what_to_install(
    fields: Any, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    criteria.applied.compile_applied.cache_clear()
    document = {
        "arazzo": "1.1.0",
        "info": {"title": "x", "version": "1"},
        "sourceDescriptions": [{"name": "s3", "url": "s3.yaml", "type": "openapi"}],
        "workflows": [{"workflowId": "w", "steps": [{"stepId": "s", "operationId": "GetObject", **fields}]}],
    }
    loaded, faults = try_load(json.dumps(document))
    assert loaded is None
    (error,) = (str(fault) for fault in faults if fault.severity == "error")
    assert f"an XPath needs the extra xpath (import of {package} halted" in error
    assert "pip install 'pulumi-aws-health-datastores[xpath]'" in error


def test_a_compiled_criterion_reads_its_path_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = [
        criteria.compile_criterion("$.a[?@.b == 1]", "jsonpath", "$response.body"),
        criteria.compile_criterion("$.a[?(@.b == 1)].b", DRAFT, "$response.body"),
        criteria.compile_criterion("$.a[*].b == 1", "jsonpath", "$response.body"),
    ]

    def refuse(*_: object) -> None:
        raise AssertionError("it is read again")

    monkeypatch.setattr(jsonpath_rfc9535.JSONPathEnvironment, "compile", refuse)
    monkeypatch.setattr(jsonpath_ng.ext.parser.ExtendedJsonPathParser, "parse", refuse)
    for criterion in compiled:
        assert criteria.decide_criterion(criterion, _body({"a": [{"b": 1}]})).holds
        assert not criteria.decide_criterion(criterion, _body({"a": [{"b": 2}]})).holds


HEAVY = (
    "regex",
    "lxml",
    "elementpath",
    "jsonpath_ng",
    "ply",
    "jsonpath_rfc9535",
    "jsonschema",
    "referencing",
)
PROGRAM = """
import sys
import provider.documents.validation
from provider.arazzo import Response, load, run
from provider.timing.clock import SYSTEM_CLOCK
heavy, (imaging, lake) = sys.argv[1].split(), sys.argv[2:]
load(lake)

class Caller:
    def call(self, operation, request):
        return Response(200, body={"datastoreId": "d", "datastoreProperties": {"datastoreStatus": "ACTIVE"}})

inputs = {"datastoreName": "scans", "clientToken": "token"}
assert run(load(imaging), inputs=inputs, caller=Caller(), clock=SYSTEM_CLOCK).succeeded
print(*[name for name in heavy if name in sys.modules])
"""


def test_the_libraries_are_not_imported_before_a_document_needs_them() -> None:
    command = [sys.executable, "-c", PROGRAM, " ".join(HEAVY), *map(str, SEEDS)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == ""


def test_every_jsonpath_of_the_seeds_is_a_bare_comparison_on_plain_members() -> None:
    found = [
        criteria.compile_criterion(criterion["condition"], criterion["type"], criterion["context"])
        for path in SEEDS
        for workflow in yaml.safe_load(path.read_text())["workflows"]
        for step in workflow["steps"]
        for action in step.get("onSuccess", [])
        for criterion in action.get("criteria", [])
    ]
    assert len(found) == 8
    assert all(criterion.dialect and len(criterion.comparisons()) == 1 for criterion in found)
    first = found[0]
    body = {"datastoreProperties": {"datastoreStatus": "ACTIVE"}}
    assert criteria.decide_criterion(first, _body(body)).holds
    body["datastoreProperties"]["datastoreStatus"] = "CREATING"
    assert criteria.decide_criterion(first, _body(body)).why == (
        '$.datastoreProperties.datastoreStatus == "ACTIVE": it is "CREATING"'
    )


def test_replacements_without_values_leave_a_missing_payload_missing() -> None:
    assert templates.replace(MISSING, [("/a", MISSING)]) is MISSING
    with pytest.raises(TemplateError, match="the payload has no place /a"):
        templates.replace(MISSING, [("/a", 1)])
