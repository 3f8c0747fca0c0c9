"""Which service a source means, which operation a step means, and what an answer says of a state."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from provider.arazzo.protocol import Operation, Response, StepRef
from provider.errors import InputError
from provider.models import services as models
from provider.models import states as statuses

STEP = StepRef("d", "w", "s")


@pytest.mark.parametrize(
    ("name", "url", "extensions", "service"),
    [
        ("healthImagingApi", "../openapi/amazon-healthimaging-openapi.yaml", {}, "medical-imaging"),
        ("healthlakeApi", "../openapi/amazon-healthlake-openapi.yaml", {}, "healthlake"),
        ("medicalImaging", "api.yaml", {}, "medical-imaging"),
        ("medical_imaging", "", {}, "medical-imaging"),
        ("HealthLake", "", {}, "healthlake"),
        ("a", "amazon-s3-openapi.yaml", {}, "s3"),
        ("lake", "./healthlake/openapi.yaml", {}, "healthlake"),
        ("a", "https://dynamodb.us-east-1.amazonaws.com/", {}, "dynamodb"),
        ("stepFunctionsApi", "", {}, "stepfunctions"),
        ("awsEC2", "", {}, "ec2"),
        ("elbv2", "", {}, "elbv2"),
        ("eventBridge", "", {}, "events"),
        ("systemsManager", "", {}, "ssm"),
        ("anything", "at/all.yaml", {"x-aws-service": "healthlake"}, "healthlake"),
        ("healthlake", "", {"x-aws-service": "medical-imaging"}, "medical-imaging"),
    ],
)
def test_a_source_means_a_service(name: str, url: str, extensions: dict[str, Any], service: str) -> None:
    assert models.service(name, url, extensions) == service


@pytest.mark.parametrize(
    ("name", "extensions", "message"),
    [
        ("petstore", {}, "source petstore.*no AWS service.*add x-aws-service"),
        ("healthlak", {}, "nearest: healthlake"),
        ("a", {"x-aws-service": "healthlak"}, "no service healthlak; did you mean healthlake"),
        ("a", {"x-aws-service": 7}, "no service 7"),
        ("a", {"x-aws-service": "zzzzzz"}, "boto3.client"),
    ],
)
def test_a_source_that_means_no_service_is_told(name: str, extensions: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        models.service(name, "x.yaml", extensions)


def test_every_alias_leads_to_a_service_that_botocore_has() -> None:
    for service in models._ALIASES.values():
        assert models.service_model(service).operation_names


def test_an_operation_is_found_by_its_id() -> None:
    assert models.operation("healthlake", "CreateFHIRDatastore").name == "CreateFHIRDatastore"


@pytest.mark.parametrize(
    ("service", "operation", "message"),
    [
        ("healthlake", "CreateFhirDatastore", "did you mean CreateFHIRDatastore"),
        ("healthlake", "Zzzz", "named as in the AWS API reference"),
        ("healthlak", "CreateFHIRDatastore", "did you mean healthlake"),
    ],
)
def test_an_unknown_operation_is_told_with_the_nearest(service: str, operation: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        models.operation(service, operation)


@pytest.mark.parametrize(
    ("service", "method", "path", "operation"),
    [
        ("medical-imaging", "get", "/datastore/{anyName}", "GetDatastore"),
        ("medical-imaging", "GET", "/datastore/{datastoreId}/", "GetDatastore"),
        ("medical-imaging", "delete", "/datastore/{id}", "DeleteDatastore"),
        ("medical-imaging", "get", "/datastore", "ListDatastores"),
        ("healthlake", "post", "/#X-Amz-Target=HealthLake.ListFHIRDatastores", "ListFHIRDatastores"),
    ],
)
def test_an_operation_is_found_by_its_path(service: str, method: str, path: str, operation: str) -> None:
    assert models.operation_at(service, method, path).name == operation


@pytest.mark.parametrize(
    ("service", "method", "path", "message"),
    [
        ("healthlake", "post", "/", "several operations.*operationId"),
        ("medical-imaging", "patch", "/datastore", "no operation at PATCH /datastore"),
        ("medical-imaging", "get", "/datastor", "did you mean /datastore"),
    ],
)
def test_a_path_that_means_no_operation_is_told(service: str, method: str, path: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        models.operation_at(service, method, path)


def test_models_are_read_without_boto3_or_a_session() -> None:
    code = (
        "import sys; from provider.models import services;"
        "services.operation('healthlake', 'CreateFHIRDatastore');"
        "print('boto3' in sys.modules, 'botocore.session' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False"]


# Statuses


def test_the_statuses_of_what_was_described_are_found_with_their_values_and_reason() -> None:
    body = {
        "DatastoreProperties": {
            "DatastoreName": "ends in State",
            "DatastoreStatus": "CREATE_FAILED",
            "ErrorCause": {"ErrorMessage": "the key is disabled", "ErrorCategory": "NON_RETRYABLE_ERROR"},
            "NlpConfiguration": {"Status": "DISABLED"},
        }
    }
    store, nlp = statuses.statuses(models.operation("healthlake", "DescribeFHIRDatastore"), body)
    assert (store.pointer, store.name) == ("/DatastoreProperties/DatastoreStatus", "DatastoreStatus")
    assert (store.value, nlp.value) == ("CREATE_FAILED", "DISABLED")
    assert store.reason == "the key is disabled (NON_RETRYABLE_ERROR)"
    assert "UPDATING" in store.values


def test_what_a_listing_lists_is_not_judged() -> None:
    body = {"datastoreSummaries": [{"datastoreStatus": "CREATE_FAILED"}]}
    assert statuses.statuses(models.operation("medical-imaging", "ListDatastores"), body) == ()


@pytest.mark.parametrize("body", [None, "text", {}, {"DatastoreProperties": 3}, {"DatastoreProperties": {}}])
def test_a_body_without_a_status_has_none(body: Any) -> None:
    assert statuses.statuses(models.operation("healthlake", "DescribeFHIRDatastore"), body) == ()


def test_an_operation_without_output_has_no_status() -> None:
    operation = models.operation("sns", "DeleteTopic")
    assert statuses.statuses(operation, {}) == ()
    assert statuses.possible(operation) == {}


def test_the_possible_statuses_are_those_of_the_model() -> None:
    possible = statuses.possible(models.operation("healthlake", "DescribeFHIRExportJob"))
    assert set(possible) == {"/ExportJobProperties/JobStatus"}
    assert "COMPLETED_WITH_ERRORS" in possible["/ExportJobProperties/JobStatus"]


FAILURES = {
    ("medical-imaging", "GetDatastore"): {"CREATE_FAILED"},
    ("healthlake", "DescribeFHIRDatastore"): {"CREATE_FAILED", "UPDATE_FAILED"},
    ("healthlake", "DescribeFHIRExportJob"): {
        "FAILED",
        "COMPLETED_WITH_ERRORS",
        "CANCEL_SUBMITTED",
        "CANCEL_IN_PROGRESS",
        "CANCEL_COMPLETED",
        "CANCEL_FAILED",
    },
}


@pytest.mark.parametrize(("service", "operation"), FAILURES)
def test_every_status_of_the_enums_is_a_failure_or_not(service: str, operation: str) -> None:
    values = next(iter(statuses.possible(models.operation(service, operation)).values()))
    assert {value for value in values if statuses.is_failure(value)} == FAILURES[service, operation]


@pytest.mark.parametrize(
    ("value", "failure"),
    [("TIMED_OUT", True), ("cancelled", True), ("create-failed", True), ("FAILOVER", False), ("OK", False)],
)
def test_a_status_is_judged_by_its_words(value: str, *, failure: bool) -> None:
    assert statuses.is_failure(value) is failure


@pytest.mark.parametrize(
    ("value", "pending"),
    [
        ("QUEUED", True),
        ("IN_PROGRESS", True),
        ("CREATING", True),
        ("CANCEL_IN_PROGRESS", False),
        ("UPDATING", False),
        ("DELETING", False),
        ("COMPLETED", False),
    ],
)
def test_a_status_is_on_its_way_by_its_words(value: str, *, pending: bool) -> None:
    assert statuses.is_pending(value) is pending


def test_an_answer_is_on_its_way_by_its_outermost_status() -> None:
    operation = Operation("healthlakeApi", "DescribeFHIRDatastore")
    inner = {"NlpConfiguration": {"Status": "ENABLING"}}
    creating = {"DatastoreProperties": {"DatastoreStatus": "CREATING", **inner}}
    active = {"DatastoreProperties": {"DatastoreStatus": "ACTIVE", **inner}}
    assert statuses.pending(operation, Response(200, body=creating))
    assert not statuses.pending(operation, Response(200, body=active))
    assert not statuses.pending(operation, Response(200, body={}))


@pytest.mark.parametrize(
    ("properties", "objection"),
    [
        ({"JobStatus": "COMPLETED"}, None),
        ({"JobStatus": "FAILED"}, "JobStatus is FAILED"),
        ({"JobStatus": "FAILED", "Message": "no such bucket"}, "JobStatus is FAILED: no such bucket"),
    ],
)
def test_the_judge_names_the_status_and_the_reason(properties: dict[str, Any], objection: str | None) -> None:
    operation = Operation("healthlakeApi", "DescribeFHIRExportJob")
    answer = Response(200, body={"ExportJobProperties": properties})
    assert statuses.judge(STEP, operation, answer) == objection
