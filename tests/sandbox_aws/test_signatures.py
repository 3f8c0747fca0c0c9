from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.aws import Sandbox

Send = Callable[..., Any]
PROTOCOLS = ["healthlake", "medical-imaging"]


def sent(send: Send, send_lake: Send, service: str, **how: Any) -> Any:
    if service == "healthlake":
        return send_lake("ListFHIRDatastores", {}, **how)
    return send("GET", "/datastore", **how)


def code(answer: Any) -> tuple[int, str]:
    if "x-amzn-errortype" in answer.headers:
        return answer.status, answer.headers["x-amzn-errortype"]
    return answer.status, answer.body["__type"].rpartition("#")[2]


def unauthorized(service: str) -> int:
    return 400 if service == "healthlake" else 403


@pytest.mark.parametrize("service", PROTOCOLS)
def test_a_signed_request_is_let_in(
    send: Callable[..., Any], send_lake: Callable[..., Any], service: str
) -> None:
    assert sent(send, send_lake, service).status == 200


@pytest.mark.parametrize("service", PROTOCOLS)
def test_an_unsigned_request_is_refused(
    send: Callable[..., Any], send_lake: Callable[..., Any], service: str
) -> None:
    answer = sent(send, send_lake, service, sign=False)
    assert code(answer) == (unauthorized(service), "MissingAuthenticationTokenException")


@pytest.mark.parametrize("service", PROTOCOLS)
@pytest.mark.parametrize(
    "case",
    [
        ("Authorization", "Signature=", "Signature=0", "InvalidSignatureException"),
        ("Authorization", ", Signature=", ", Sig=", "IncompleteSignatureException"),
        ("Authorization", "SignedHeaders=", "Headers=", "IncompleteSignatureException"),
        ("Authorization", "AWS4-HMAC-SHA256 ", "Basic ", "IncompleteSignatureException"),
        ("Authorization", "/aws4_request", "", "IncompleteSignatureException"),
        ("Authorization", "host;", "", "InvalidSignatureException"),
        ("Authorization", "/us-east-1/", "/us-west-2/", "InvalidSignatureException"),
        ("Authorization", "/us-east-1/", "//", "InvalidSignatureException"),
        ("X-Amz-Date", "20", "19", "InvalidSignatureException"),
        ("X-Amz-Date", "T", "", "InvalidSignatureException"),
    ],
)
def test_a_request_whose_signature_was_tampered_with_is_refused(
    send: Callable[..., Any],
    send_lake: Callable[..., Any],
    service: str,
    case: tuple[str, str, str, str],
) -> None:
    header, pattern, replacement, expected = case

    def tamper(headers: dict[str, str]) -> None:
        assert pattern in headers[header]
        headers[header] = headers[header].replace(pattern, replacement, 1)

    answer = sent(send, send_lake, service, change=tamper)
    assert code(answer) == (unauthorized(service), expected)


def test_a_request_that_was_signed_long_ago_is_refused(send: Callable[..., Any]) -> None:
    def age(headers: dict[str, str]) -> None:
        headers["X-Amz-Date"] = headers["X-Amz-Date"].replace("20", "19", 1)
        headers["Authorization"] = headers["Authorization"].replace("/20", "/19", 1)

    answer = send("GET", "/datastore", change=age)
    assert code(answer) == (403, "InvalidSignatureException")
    assert answer.body["message"].startswith("Signature expired")


def test_a_request_whose_body_was_changed_on_the_way_is_refused(
    cloud: Sandbox, connect: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    lake = connect("healthlake")

    def change(request: Any, **_rest: Any) -> None:
        request.body = request.body.replace(b"mine", b"evil")

    lake.meta.events.register("before-send.healthlake.CreateFHIRDatastore", change)
    refusal = refused(lake.create_fhir_datastore, DatastoreTypeVersion="R4", DatastoreName="mine")
    assert refusal == (400, "InvalidSignatureException")
    assert cloud.stores() == []


def test_a_wrong_secret_is_noticed_for_the_known_key(
    connect: Callable[..., Any], refused: Callable[..., Any]
) -> None:
    imaging = connect("medical-imaging", aws_secret_access_key="wrong")
    assert refused(imaging.list_datastores) == (403, "InvalidSignatureException")


def test_other_keys_are_let_in_whatever_their_secret(connect: Callable[..., Any]) -> None:
    imaging = connect("medical-imaging", aws_access_key_id="test", aws_secret_access_key="test")
    assert imaging.list_datastores()["datastoreSummaries"] == []


@pytest.mark.parametrize("service", PROTOCOLS)
def test_the_scope_has_to_name_the_right_service(
    send: Callable[..., Any], send_lake: Callable[..., Any], service: str
) -> None:
    other = "healthlake" if service == "medical-imaging" else "medical-imaging"
    answer = (
        send("GET", "/datastore", service=other)
        if service == "medical-imaging"
        else send_lake("ListFHIRDatastores", {}, service=other)
    )
    assert code(answer) == (unauthorized(service), "InvalidSignatureException")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("EXPIREDKEY", "ExpiredTokenException"),
        ("UNKNOWNKEY", "UnrecognizedClientException"),
        ("DENIEDKEY", "AccessDeniedException"),
    ],
)
@pytest.mark.parametrize("service", PROTOCOLS)
def test_some_access_keys_are_refused_by_their_name(
    connect: Callable[..., Any], refused: Callable[..., Any], service: str, key: str, expected: str
) -> None:
    client = connect(service, aws_access_key_id=key)
    operation = client.list_datastores if service == "medical-imaging" else client.list_fhir_datastores
    assert refused(operation) == (unauthorized(service), expected)


def test_a_path_with_escaped_characters_is_signed_as_it_is_sent(
    imaging: Any, cloud: Sandbox, imaging_store: str
) -> None:
    arn = cloud.store(imaging_store).arn
    imaging.untag_resource(resourceArn=arn, tagKeys=["a/b:c", "d=e+f"])


def test_no_credentials_are_kept(cloud: Sandbox, imaging: Any) -> None:
    imaging.list_datastores()
    entries = json.dumps([str(entry) for entry in cloud.journal()])
    assert cloud.env["AWS_ACCESS_KEY_ID"] not in entries
    assert "Signature" not in entries
