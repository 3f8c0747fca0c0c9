"""Requests and answers between the wire and boto3: by real service models, and by small ones of our own."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from botocore.model import OperationModel, ServiceModel

from provider.arazzo.protocol import Request, Response, ServiceError
from provider.aws.parameters import call_arguments
from provider.aws.responses import answered, plain, refused, transient
from provider.errors import InputError
from provider.models import services as models

STRING = {"type": "string"}


def own(
    members: dict[str, Any] | None = None,
    *,
    shapes: dict[str, Any] | None = None,
    output: dict[str, Any] | None = None,
    protocol: str = "rest-json",
    uri: str = "/things",
    **structure: Any,
) -> OperationModel:
    """Return the operation DoIt of a service of our own, with these input and output members."""
    description = {
        "metadata": {"protocol": protocol, "endpointPrefix": "own", "serviceId": "Own", "apiVersion": "1"},
        "operations": {
            "DoIt": {
                "name": "DoIt",
                "http": {"method": "POST", "requestUri": uri},
                "input": {"shape": "In"},
                "output": {"shape": "Out"},
                "errors": [{"shape": "Busy"}, {"shape": "Flaky"}],
            }
        },
        "shapes": {
            "In": {"type": "structure", "members": members or {}, **structure},
            "Out": {"type": "structure", "members": {}, **(output or {})},
            "Busy": {"type": "structure", "members": {}, "retryable": {"throttling": True}},
            "Flaky": {"type": "structure", "members": {}, "retryable": {"throttling": False}},
            "Text": STRING,
            "Count": {"type": "integer"},
            "Flag": {"type": "boolean"},
            "Bytes": {"type": "blob"},
            "When": {"type": "timestamp"},
            "Inner": {"type": "structure", "members": {"Deep": {"shape": "Text", "locationName": "deep"}}},
            "Inners": {"type": "list", "member": {"shape": "Inner"}},
            "ByName": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Inner"}},
            "Free": {"type": "structure", "members": {}, "document": True},
            **(shapes or {}),
        },
    }
    return ServiceModel(description, "own").operation_model("DoIt")


# Requests


@pytest.mark.parametrize(
    ("service", "operation", "request_", "expected"),
    [
        ("medical-imaging", "GetDatastore", {"path": {"datastoreId": "a"}}, {"datastoreId": "a"}),
        ("medical-imaging", "ListDatastores", {"query": {"maxResults": "5"}}, {"maxResults": 5}),
        ("medical-imaging", "ListDatastores", {"query": {"maxResults": 5}}, {"maxResults": 5}),
        (
            "medical-imaging",
            "ListDatastores",
            {"querystring": "maxResults=5&nextToken=a%20b"},
            {"maxResults": 5, "nextToken": "a b"},
        ),
        (
            "lambda",
            "UntagResource",
            {"path": {"Resource": "r"}, "querystring": "tagKeys=a&tagKeys=b"},
            {"Resource": "r", "TagKeys": ["a", "b"]},
        ),
        (
            "apigateway",
            "GetApiKeys",
            {"query": {"includeValues": "true", "name": "n"}},
            {"includeValues": True, "nameQuery": "n"},
        ),
        (
            "healthlake",
            "DescribeFHIRDatastore",
            {
                "header": {
                    "X-Amz-Target": "HealthLake.DescribeFHIRDatastore",
                    "content-type": "application/x-amz-json-1.0",
                },
                "body": {"DatastoreId": "a"},
            },
            {"DatastoreId": "a"},
        ),
        ("healthlake", "DescribeFHIRDatastore", {"query": {"DatastoreId": "a"}}, {"DatastoreId": "a"}),
        ("healthlake", "DescribeFHIRDatastore", {"body": '{"DatastoreId": "a"}'}, {"DatastoreId": "a"}),
        (
            "s3",
            "PutObject",
            {
                "path": {"Bucket": "b", "Key": "k"},
                "header": {"Content-Type": "text/plain", "x-amz-meta-team": "x"},
                "body": "hello there",
            },
            {
                "Bucket": "b",
                "Key": "k",
                "ContentType": "text/plain",
                "Metadata": {"team": "x"},
                "Body": b"hello there",
            },
        ),
        (
            "kafka",
            "CreateCluster",
            {"body": {"clusterName": "c", "brokerNodeGroupInfo": {"clientSubnets": ["s"]}}},
            {"ClusterName": "c", "BrokerNodeGroupInfo": {"ClientSubnets": ["s"]}},
        ),
        (
            "sns",
            "Publish",
            {"body": {"Action": "Publish", "Version": "2010-03-31", "Message": "m"}},
            {"Message": "m"},
        ),
        (
            "sns",
            "Publish",
            {"query": {"Action": "Publish", "Version": "2010-03-31", "Message": "m"}},
            {"Message": "m"},
        ),
        (
            "lambda",
            "Invoke",
            {"path": {"FunctionName": "f"}, "body": "{}"},
            {"FunctionName": "f", "Payload": b"{}"},
        ),
        ("iam", "GetAccountSummary", {}, {}),
    ],
)
def test_a_request_is_mapped_by_the_wires_names(
    service: str, operation: str, request_: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert call_arguments(models.operation(service, operation), Request(**request_)) == expected


def test_nested_names_lists_maps_and_binary_are_mapped() -> None:
    operation = own(
        {
            "Several": {"shape": "Inners", "locationName": "several"},
            "Named": {"shape": "ByName"},
            "Data": {"shape": "Bytes"},
            "Free": {"shape": "Free"},
        }
    )
    body = {
        "several": [{"deep": "a"}, {"Deep": "b"}],
        "Named": {"n": {"deep": "c"}},
        "Data": "aGVsbG8=",
        "Free": {"any": {"thing": 1}},
    }
    assert call_arguments(operation, Request(body=body)) == {
        "Several": [{"Deep": "a"}, {"Deep": "b"}],
        "Named": {"n": {"Deep": "c"}},
        "Data": b"hello",
        "Free": {"any": {"thing": 1}},
    }


def test_a_payload_member_may_be_given_by_its_name_or_as_the_body_itself() -> None:
    operation = own({"Inner": {"shape": "Inner"}}, payload="Inner")
    for body in ({"deep": "a"}, {"Inner": {"deep": "a"}}):
        assert call_arguments(operation, Request(body=body)) == {"Inner": {"Deep": "a"}}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"query": {"Nmae": "x"}}, "no query parameter Nmae; did you mean Name"),
        ({"cookie": {"session": "x"}}, "no cookie parameter session"),
        ({"body": {"Several": [{"dep": "a"}]}}, r"at Several\[0\]\.dep.*did you mean deep"),
        ({"body": "not JSON"}, "must be an object, and is str"),
    ],
)
def test_what_does_not_fit_is_told_with_its_path(request_: dict[str, Any], message: str) -> None:
    operation = own({"Name": {"shape": "Text"}, "Several": {"shape": "Inners"}})
    with pytest.raises(InputError, match=message):
        call_arguments(operation, Request(**request_))


def test_a_body_for_an_operation_without_input_is_told() -> None:
    with pytest.raises(InputError, match="takes no input"):
        call_arguments(models.operation("iam", "GetAccountSummary"), Request(body={"a": 1}))


# Idempotency tokens


@pytest.mark.parametrize(
    ("constraint", "length"),
    [
        ({}, 36),
        ({"pattern": "[a-zA-Z0-9-]+", "max": 64}, 36),
        ({"pattern": "[a-f0-9]+", "max": 64}, 64),
        ({"pattern": "[a-f0-9]+", "max": 32}, 32),
        ({"min": 40}, 64),
        ({"pattern": "token-[0-9]"}, 0),
        ({"max": 8}, 0),
    ],
)
def test_a_token_is_made_to_fit_or_left_to_boto3(constraint: dict[str, Any], length: int) -> None:
    token = {"Token": {"shape": "Token", "idempotencyToken": True}}
    operation = own(token, shapes={"Token": {**STRING, **constraint}})
    made = call_arguments(operation, Request(key="run/step/1"))
    assert len(made.get("Token", "")) == length
    assert made == call_arguments(operation, Request(key="run/step/1"))
    assert call_arguments(operation, Request()) == {}


# Answers


def answer(operation: OperationModel, parsed: dict[str, Any], **given: Any) -> Response:
    metadata = {"HTTPStatusCode": 200, "HTTPHeaders": {"x-id": "1"}}
    return answered(operation, {**parsed, "ResponseMetadata": metadata}, "https://own.test", given)


def test_an_answer_has_the_wires_names_and_leaves_out_what_came_in_headers() -> None:
    members = {
        "Several": {"shape": "Inners", "locationName": "several"},
        "Named": {"shape": "ByName"},
        "Kind": {"shape": "Text", "location": "header", "locationName": "x-kind"},
        "Free": {"shape": "Free"},
        "At": {"shape": "When", "locationName": "at"},
    }
    parsed = {
        "Several": [{"Deep": "a"}],
        "Named": {"n": {"Deep": "b"}},
        "Kind": "k",
        "Free": {"any": [1]},
        "At": datetime(2026, 1, 2, 4, tzinfo=timezone(timedelta(hours=1))),
    }
    found = answer(own(output={"members": members}), parsed)
    assert found.body == {
        "several": [{"deep": "a"}],
        "Named": {"n": {"deep": "b"}},
        "Free": {"any": [1]},
        "at": "2026-01-02T03:00:00Z",
    }
    assert (found.status, found.headers, found.method) == (200, {"x-id": "1"}, "POST")


def test_a_payload_is_the_whole_body() -> None:
    output = {"members": {"Inner": {"shape": "Inner"}}, "payload": "Inner"}
    assert answer(own(output=output), {"Inner": {"Deep": "a"}}).body == {"deep": "a"}


def test_an_operation_without_output_answers_with_an_empty_body() -> None:
    operation = models.operation("sns", "DeleteTopic")
    assert answer(operation, {}).body == {}


def test_the_url_has_the_paths_values_in_it() -> None:
    members = {
        "Id": {"shape": "Text", "location": "uri", "locationName": "id"},
        "Rest": {"shape": "Text", "location": "uri", "locationName": "rest"},
        "Other": {"shape": "Text"},
    }
    operation = own(members, uri="/things/{id}/{rest+}?x")
    assert (
        answer(operation, {}, Id="a/b c", Rest="d/e", Other="o").url
        == "https://own.test/things/a%2Fb%20c/d/e"
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, 600000, tzinfo=UTC), "2026-01-02T03:04:05.600000Z"),
        (b"\x00\xff", "AP8="),
        (io.BytesIO(b"text"), "text"),
        (io.BytesIO(b"\xff"), "/w=="),
        (Decimal("1.5"), 1.5),
        ({1: (b"a",)}, {"1": ["YQ=="]}),
        (None, None),
        (True, True),
    ],
)
def test_values_become_plain_json(value: Any, expected: Any) -> None:
    assert plain(value) == expected


# Refusals


def refusal(code: str, status: int, **rest: Any) -> Response:
    parsed = {
        "Error": {"Code": code, "Message": "because"},
        "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
        **rest,
    }
    return refused(own(), parsed, "https://own.test", {})


def test_a_refusal_keeps_what_else_it_says() -> None:
    found = refusal("Odd", 400, resourceId="r")
    assert found.error == ServiceError("Odd", "because")
    assert found.body == {"__type": "Odd", "resourceId": "r", "message": "because"}


def test_a_message_that_is_there_is_not_repeated() -> None:
    assert refusal("Odd", 400, Message="because").body == {"__type": "Odd", "Message": "because"}


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("Busy", 400, "throttled"),
        ("Flaky", 400, "unavailable"),
        ("ThrottlingException", 400, "throttled"),
        ("TooManyRequestsException", 429, "throttled"),
        ("RequestLimitExceeded", 400, "throttled"),
        ("", 429, "throttled"),
        ("", 502, "unavailable"),
        ("Odd", 500, "unavailable"),
        ("InternalServerException", 400, "unavailable"),
        ("RequestTimeout", 400, "unavailable"),
        ("ServiceQuotaExceededException", 402, None),
        ("ServiceQuotaExceededException", 429, None),
        ("LimitExceededException", 400, None),
        ("ConflictException", 409, None),
        ("NotImplemented", 501, None),
        ("Odd", 404, None),
    ],
)
def test_what_may_pass_is_told_from_what_will_not(code: str, status: int, expected: str | None) -> None:
    assert transient(own(), code, status, safe=True) == expected
    careful = None if expected == "unavailable" else expected
    assert transient(own(), code, status, safe=False) == careful
