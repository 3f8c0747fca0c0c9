"""Which service a source means, which operation a step means, and what an answer says of a state."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import botocore.session
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
    assert statuses.pending(operation, Response(200, body=creating)) == "pending"
    assert statuses.pending(operation, Response(200, body=active)) is None


@pytest.mark.parametrize(
    ("body", "outlook"),
    [
        ({"DatastoreProperties": {"DatastoreStatus": "VERIFYING"}}, "unknown"),
        ({"DatastoreProperties": {}}, "unknown"),
        ({}, "unknown"),
        ({"DatastoreProperties": {"DatastoreStatus": "VERIFY_FAILED"}}, None),
        ({"DatastoreProperties": {"DatastoreStatus": "DELETED"}}, None),
    ],
)
def test_a_state_that_the_model_does_not_know_is_unknown_unless_it_says_failed_or_gone(
    body: dict[str, Any], outlook: str | None
) -> None:
    operation = Operation("healthlakeApi", "DescribeFHIRDatastore")
    assert statuses.pending(operation, Response(200, body=body)) == outlook


JUDGEMENTS = (statuses.is_failure, statuses.is_gone, statuses.is_passing, statuses.is_pending)


def every_state() -> set[str]:
    """Return every value of every enumeration of states in every model that botocore ships."""
    session = botocore.session.get_session()
    found: set[str] = set()
    for service in session.get_available_services():
        model = session.get_service_model(service)
        for name in model.shape_names:
            if name.lower().endswith(("status", "state")):
                found.update(getattr(model.shape_for(name), "enum", ()))
    return found


def test_a_state_of_any_service_is_judged_by_its_words_and_never_as_both_on_its_way_and_failed() -> None:
    states = every_state()
    assert len(states) > 1000
    for state in states:
        words = statuses.words(state)
        spellings = ("_".join(words).upper(), "-".join(words), "".join(map(str.capitalize, words)))
        for judge in JUDGEMENTS:
            found = {judge(spelling) for spelling in spellings}
            assert found == {judge(state)}, (judge.__name__, state)
        assert not (statuses.is_pending(state) and statuses.is_failure(state)), state


@pytest.mark.parametrize(
    ("state", "failure", "gone", "passing"),
    [
        ("CREATE_FAILED", True, False, False),
        ("CreateFailed", True, False, False),
        ("create-failed", True, False, False),
        ("InProgress", False, False, True),
        ("CANCEL_IN_PROGRESS", True, False, True),
        ("COMPLETED_WITH_ERRORS", True, False, False),
        ("TimedOut", True, False, False),
        ("Terminated", False, True, False),
        ("FAILOVER", False, False, False),
        ("UPDATING", False, False, True),
        ("ACTIVE", False, False, False),
    ],
)
def test_the_judge_knows_words(state: str, *, failure: bool, gone: bool, passing: bool) -> None:
    judged = (statuses.is_failure(state), statuses.is_gone(state), statuses.is_passing(state))
    assert judged == (failure, gone, passing)


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
