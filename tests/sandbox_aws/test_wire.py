from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import Sandbox
from sandbox.aws.operations import PACKAGES, emulated

REFUSED = {
    "medical-imaging": set[str](),
    "healthlake": {
        "CreateDataTransformationProfile",
        "DeleteDataTransformationProfile",
        "DescribeDataTransformationJob",
        "GetDataTransformationProfile",
        "ListDataTransformationJobs",
        "ListDataTransformationProfileVersions",
        "ListDataTransformationProfiles",
        "PublishDataTransformationProfile",
        "StartDataTransformationJob",
        "UpdateDataTransformationProfile",
        "UpdateProfileWithAgent",
    },
}
"""What turns other formats into FHIR: on no data store, by profiles that an agent writes."""


def test_a_json_answer_has_the_form_of_aws_json_1_0(send_lake: Callable[..., Any], lake_store: str) -> None:
    answer = send_lake("DescribeFHIRDatastore", {"DatastoreId": lake_store})
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/x-amz-json-1.0"
    assert len(answer.headers["x-amzn-requestid"]) == 36
    created = answer.body["DatastoreProperties"]["CreatedAt"]
    assert abs(created - time.time()) < 3600
    assert "ErrorCause" not in answer.body["DatastoreProperties"]


def test_a_json_error_has_its_code_and_message_in_the_body(send_lake: Callable[..., Any]) -> None:
    answer = send_lake("DescribeFHIRDatastore", {"DatastoreId": "x"})
    assert answer.status == 400
    assert answer.body == {
        "__type": "com.amazonaws.healthlake#ResourceNotFoundException",
        "Message": "Datastore not found: x",
    }
    assert "x-amzn-errortype" not in answer.headers


def test_a_rest_answer_is_json_with_numbers_for_times(send: Callable[..., Any], imaging_store: str) -> None:
    answer = send("GET", f"/datastore/{imaging_store}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert isinstance(answer.body["datastoreProperties"]["createdAt"], int | float)


def test_a_rest_error_has_its_status_from_the_model_and_its_code_in_a_header(
    send: Callable[..., Any],
) -> None:
    answer = send("GET", f"/datastore/{'0' * 32}")
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (404, "ResourceNotFoundException")
    assert list(answer.body) == ["message"]


def test_an_arn_in_a_path_is_percent_encoded(
    send: Callable[..., Any], cloud: Sandbox, imaging_store: str
) -> None:
    arn = cloud.store(imaging_store).arn.replace(":", "%3A").replace("/", "%2F")
    assert send("POST", f"/tags/{arn}", '{"tags": {"a": "1"}}').body == {}
    assert send("GET", f"/tags/{arn}").body == {"tags": {"a": "1"}}


@pytest.mark.parametrize("service", ["healthlake", "medical-imaging"])
def test_an_unknown_operation_is_refused(
    send: Callable[..., Any], send_lake: Callable[..., Any], service: str
) -> None:
    if service == "healthlake":
        answer = send_lake("MakeCoffee", {})
        assert (answer.status, answer.body["__type"].rpartition("#")[2]) == (400, "UnknownOperationException")
    else:
        answer = send("GET", "/coffee")
        assert (answer.status, answer.headers["x-amzn-errortype"]) == (404, "UnknownOperationException")


@pytest.mark.parametrize("content_type", ["application/json", "text/plain; charset=utf-8"])
def test_the_content_type_of_the_protocol_matters_only_where_it_means_another(
    send_lake: Callable[..., Any], content_type: str
) -> None:
    answer = send_lake("ListFHIRDatastores", {}, headers={"Content-Type": content_type})
    assert answer.status == (400 if content_type == "application/json" else 200)


@pytest.mark.parametrize("service", REFUSED)
def test_all_operations_but_these_are_emulated(connect: Callable[..., Any], service: str) -> None:
    names = list(connect(service).meta.service_model.operation_names)
    assert set(names) - set(emulated(PACKAGES[service], names)) == REFUSED[service]


@pytest.mark.parametrize("operation", sorted(REFUSED["healthlake"]))
def test_an_operation_that_is_not_emulated_says_so(send_lake: Callable[..., Any], operation: str) -> None:
    answer = send_lake(operation, {})
    assert answer.status == 501
    assert answer.body["__type"].endswith("#NotEmulatedException")
    assert answer.body["Message"].startswith(f"{operation} is an operation of healthlake")
