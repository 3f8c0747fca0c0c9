"""The check of all answers finds what it is there for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from sandbox.aws import Sandbox
from tests.sandbox_aws.answers import check_answer

STORE = {
    "datastoreId": "0" * 32,
    "datastoreName": "images",
    "datastoreStatus": "ACTIVE",
    "createdAt": 1.5,
}


@dataclass
class Raw:
    status_code: int
    content: bytes


def check(body: dict[str, Any], status: int = 200) -> None:
    model = boto3.client("medical-imaging", "us-east-1").meta.service_model.operation_model("GetDatastore")
    parsed = body if status == 200 else {"Error": body}
    check_answer(Raw(status, json.dumps(body).encode()), parsed, model)


def test_an_answer_as_the_model_has_it_passes() -> None:
    check({"datastoreProperties": STORE})
    check({"Code": "ResourceNotFoundException", "Message": "gone"}, 404)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"datastoreName": None}, "null at '/datastoreProperties/datastoreName'"),
        ({"datastoreId": "0"}, "regular expression"),
        ({"datastoreStatus": "READY"}, "enum value set"),
        ({"createdAt": "yesterday"}, "expected timestamp"),
        ({"colour": "red"}, "unknown member '/datastoreProperties/colour'"),
    ],
)
def test_another_one_does_not(change: dict[str, Any], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        check({"datastoreProperties": {**STORE, **change}})


def test_neither_does_one_without_a_required_member() -> None:
    with pytest.raises(AssertionError, match="must not be null"):
        check({})


def test_an_error_has_to_be_one_of_the_operations() -> None:
    with pytest.raises(AssertionError, match="no error ConflictException"):
        check({"Code": "ConflictException", "Message": "no"}, 409)


def test_the_clients_of_the_tests_check(cloud: Sandbox, imaging: Any, imaging_store: str) -> None:
    cloud.force_status(imaging_store, "READY")
    with pytest.raises(AssertionError, match="enum value set"):
        imaging.get_datastore(datastoreId=imaging_store)
