"""The caller for AWS, against the emulated account over HTTP: calls, answers, and each way to have none."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from provider.arazzo.protocol import JSON, Operation, Request, Response
from provider.aws import clients
from provider.aws.caller import AwsCaller
from provider.aws.configuration import Role
from provider.aws.settings import Settings, default_region
from provider.errors import (
    ConfigurationError,
    CredentialsError,
    InputError,
    NoAnswerError,
    ProviderError,
)
from sandbox.aws import Sandbox, environment

LAKE = "healthlakeApi"
IMAGING = "healthImagingApi"
UNKNOWN = "0" * 32


@pytest.fixture(autouse=True)
def surroundings(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(cloud.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)


def call(
    operation: str,
    *,
    source: str = IMAGING,
    settings: Settings | None = None,
    **request: Any,
) -> Response:
    return AwsCaller(settings).call(Operation(source, operation), Request(**request))


def describe(datastore_id: str, **rest: Any) -> Response:
    return call("DescribeFHIRDatastore", source=LAKE, body={"DatastoreId": datastore_id}, **rest)


def get(datastore_id: str = UNKNOWN, **rest: Any) -> Response:
    return call("GetDatastore", path={"datastoreId": datastore_id}, **rest)


def create_lake(**body: JSON) -> Response:
    body = {"DatastoreName": "lake", "DatastoreTypeVersion": "R4", **body}
    return call("CreateFHIRDatastore", source=LAKE, body=body)


# Answers


def test_a_rest_operation_is_called_and_answered() -> None:
    created = call("CreateDatastore", body={"datastoreName": "scans"})
    assert (created.status, created.method) == (200, "POST")
    answer = get(created.body["datastoreId"])
    assert answer.body["datastoreProperties"]["datastoreName"] == "scans"
    assert answer.url.endswith(f"/datastore/{created.body['datastoreId']}")
    assert answer.headers["content-type"] == "application/json"


def test_a_json_operation_is_called_and_answered() -> None:
    created = create_lake(Tags=[{"Key": "team", "Value": "x"}])
    assert created.status == 200
    properties = describe(created.body["DatastoreId"]).body["DatastoreProperties"]
    assert properties["DatastoreName"] == "lake"
    assert properties["DatastoreTypeVersion"] == "R4"


def test_an_arn_in_the_path_is_encoded_on_its_way(cloud: Sandbox) -> None:
    store = cloud.add_store("medical-imaging", {"datastoreName": "scans", "tags": {"a": "b"}})
    arn = cloud.store(store).arn
    answer = call("ListTagsForResource", path={"resourceArn": arn})
    assert answer.body == {"tags": {"a": "b"}}
    assert "%3A" in answer.url


def test_times_are_iso_8601_in_utc() -> None:
    created = create_lake()
    at = describe(created.body["DatastoreId"]).body["DatastoreProperties"]["CreatedAt"]
    assert at.endswith("Z")
    assert at[10] == "T"


def test_an_answer_has_no_trace_of_boto3() -> None:
    assert set(create_lake().body) == {"DatastoreId", "DatastoreArn", "DatastoreStatus", "DatastoreEndpoint"}


def test_a_refusal_is_an_answer_with_the_services_words() -> None:
    rest, json = get(), describe(UNKNOWN)
    assert (rest.status, json.status) == (404, 400)
    for answer in (rest, json):
        assert answer.error is not None
        assert answer.error.code == "ResourceNotFoundException"
        assert UNKNOWN in answer.error.message
        assert answer.body["__type"] == "ResourceNotFoundException"
        assert answer.transient is None


def test_an_operation_path_means_the_operation_at_it() -> None:
    operation = Operation(IMAGING, path="/datastore/{id}", method="get")
    answer = AwsCaller().call(operation, Request(path={"datastoreId": UNKNOWN}))
    assert answer.status == 404


# Once, and with the same token


def test_a_call_is_sent_once_whatever_becomes_of_it(cloud: Sandbox) -> None:
    cloud.fault("GetDatastore", "error", calls=None)
    assert get().transient == "unavailable"
    assert len(cloud.journal("GetDatastore")) == 1


def test_the_same_key_makes_the_same_token_and_another_key_another(cloud: Sandbox) -> None:
    for key in ("run/step/1", "run/step/1", "run/step/2"):
        call("CreateDatastore", body={"datastoreName": "scans"}, key=key)
    tokens = [entry.parameters["clientToken"] for entry in cloud.journal("CreateDatastore")]
    assert tokens[0] == tokens[1] != tokens[2]


def test_a_lost_answer_makes_no_second_store(cloud: Sandbox) -> None:
    cloud.fault("CreateFHIRDatastore", "lose")
    body = {"DatastoreTypeVersion": "R4"}
    with pytest.raises(NoAnswerError):
        call("CreateFHIRDatastore", source=LAKE, body=body, key="run/create/1")
    cloud.advance(3600)
    again = call("CreateFHIRDatastore", source=LAKE, body=body, key="run/create/1")
    assert [store.id for store in cloud.stores()] == [again.body["DatastoreId"]]


def test_a_token_of_the_caller_is_left_alone(cloud: Sandbox) -> None:
    call("CreateDatastore", body={"clientToken": "mine"}, key="run/step/1")
    assert cloud.journal("CreateDatastore")[0].parameters["clientToken"] == "mine"


# What may pass, and what will not


@pytest.mark.parametrize(
    ("fault", "status", "transient"),
    [
        ({"kind": "throttle"}, 400, "throttled"),
        ({"kind": "error"}, 500, "unavailable"),
        ({"kind": "error", "status": 503, "code": "ServiceUnavailable"}, 503, "unavailable"),
        ({"kind": "error", "status": 429, "code": "Odd"}, 429, "throttled"),
        ({"kind": "error", "status": 429, "code": "ServiceQuotaExceededException"}, 429, None),
        ({"kind": "error", "status": 400, "code": "RequestTimeout"}, 400, "unavailable"),
        ({"kind": "error", "status": 400, "code": "ValidationException"}, 400, None),
        ({"kind": "deny"}, 400, None),
    ],
)
def test_an_answer_says_whether_a_later_try_may_help(
    cloud: Sandbox, fault: dict[str, Any], status: int, transient: str | None
) -> None:
    cloud.fault("DescribeFHIRDatastore", **fault)
    answer = describe(UNKNOWN)
    assert (answer.status, answer.transient) == (status, transient)


def test_retry_after_reaches_the_caller(cloud: Sandbox) -> None:
    cloud.fault("GetDatastore", "throttle", retry_after=7)
    answer = get()
    assert (answer.status, answer.transient, answer.headers["retry-after"]) == (429, "throttled", "7")


# No answer


@pytest.mark.parametrize("kind", ["reset", "lose", "hang"])
def test_no_answer_is_an_error_that_names_the_endpoint(cloud: Sandbox, kind: Any) -> None:
    cloud.fault("GetDatastore", kind, seconds=3.0 if kind == "hang" else 0.0)
    with pytest.raises(NoAnswerError, match=f"no answer to GetDatastore from {cloud.url}"):
        get(settings=Settings(read_timeout=0.3))


def test_a_refused_connection_names_the_endpoint_without_its_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NoAnswerError) as raised:
        get(settings=Settings(endpoint_url=f"http://user:hunter2@127.0.0.1:{port}"))
    assert f"http://127.0.0.1:{port}" in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_an_answer_that_cannot_be_read_is_no_answer() -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = b"<html>not XML"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    with _listening(Handler) as url, pytest.raises(NoAnswerError, match="cannot be read"):
        call("GetCallerIdentity", source="sts", settings=Settings(endpoint_url=url))


# Who asks


@pytest.mark.parametrize("key", ["EXPIRED-KEY", "UNKNOWN-KEY"])
def test_refused_credentials_are_told_with_what_to_do(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    with pytest.raises(CredentialsError, match=r"AWS refuses the credentials.*security token.*renew them"):
        get()


def test_credentials_are_read_anew_after_a_refusal(monkeypatch: pytest.MonkeyPatch, cloud: Sandbox) -> None:
    caller = AwsCaller()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "EXPIRED-KEY")
    with pytest.raises(CredentialsError):
        caller.call(Operation(IMAGING, "GetDatastore"), Request(path={"datastoreId": UNKNOWN}))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", environment(cloud.url)["AWS_ACCESS_KEY_ID"])
    answer = caller.call(Operation(IMAGING, "GetDatastore"), Request(path={"datastoreId": UNKNOWN}))
    assert answer.status == 404


def test_no_credentials_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(CredentialsError, match="no AWS credentials were found; set AWS_PROFILE"):
        get()


def test_half_a_pair_of_keys_is_told_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(CredentialsError, match="AWS_SECRET_ACCESS_KEY") as raised:
        get()
    assert "SANDBOXACCESSKEY" not in str(raised.value)


def test_no_region_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(ConfigurationError, match="no AWS region is set; set the region"):
        get()


def test_an_unknown_profile_is_told() -> None:
    with pytest.raises(ConfigurationError, match="nowhere"):
        get(settings=Settings(profile="nowhere"))


def test_access_denied_is_an_answer_of_the_service(cloud: Sandbox) -> None:
    cloud.fault("GetDatastore", "deny")
    answer = get()
    assert answer.error is not None
    assert (answer.status, answer.error.code) == (403, "AccessDeniedException")


def test_a_role_is_taken_on_and_its_refusal_told(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = iter([False, True])
    asked: list[str] = []

    class Sts(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            refuse = next(refusals)
            body = (_DENIED if refuse else _ASSUMED.format(cloud_key("AWS_ACCESS_KEY_ID"))).encode()
            self.send_response(403 if refuse else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    def cloud_key(name: str) -> str:
        return environment(cloud.url)[name]

    settings = Settings(roles=(Role("arn:aws:iam::123456789012:role/health", external_id="agreed"),))
    with _listening(Sts) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
        assert get(settings=settings).status == 404
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ANOTHER")
        with pytest.raises(CredentialsError, match="AssumeRole: AccessDenied: not for you"):
            get(settings=settings)
    assert "ExternalId=agreed" in asked[0]


_ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>sandbox-secret-access-key</SecretAccessKey>
<SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""
_DENIED = """<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>not for you</Message></Error></ErrorResponse>"""


# What is asked


@pytest.mark.parametrize(
    ("operation", "request_", "message"),
    [
        ("GetDatastor", {}, "did you mean GetDatastore"),
        ("GetDatastore", {"path": {"datastoreID": "x"}}, r"\(at datastoreID\).*did you mean datastoreId"),
        ("CreateDatastore", {"body": {"DatastoreName": "x"}}, "did you mean datastoreName"),
        ("CreateDatastore", {"body": {"datastoreName": 5}}, "Invalid type for parameter datastoreName"),
        ("GetDatastore", {}, 'Missing required parameter in input: "datastoreId"'),
        ("CreateDatastore", {"body": [1]}, "it must be an object"),
        ("GetDatastore", {"header": {"X-Amz-Target": "HealthLake.X"}}, "X-Amz-Target.*whose target is"),
    ],
)
def test_what_does_not_fit_the_operation_is_told_before_it_is_sent(
    cloud: Sandbox, operation: str, request_: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        call(operation, **request_)
    assert cloud.journal() == []


def test_a_value_of_the_wrong_type_is_not_shown() -> None:
    with pytest.raises(InputError) as raised:
        call("CreateDatastore", body={"datastoreName": {"secret": "hunter2"}})
    assert "hunter2" not in str(raised.value)


# Clients


def test_a_client_is_made_once_for_all_threads() -> None:
    made: list[str] = []
    lock = threading.Lock()

    def make(service: str, settings: Settings) -> Any:
        with lock:
            made.append(service)
        return clients.make_client(service, settings)

    def look(_: int) -> int:
        caller = AwsCaller(make_client=make)
        return caller.call(Operation(IMAGING, "GetDatastore"), Request(path={"datastoreId": UNKNOWN})).status

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(look, range(48))) <= {404, 429}
    assert made == ["medical-imaging"]


def test_clients_of_other_accounts_share_what_botocore_reads_from_disk() -> None:
    accounts = [
        Settings(endpoint_url="http://127.0.0.1:9"),
        Settings(access_key="key", secret_key="secret"),
        Settings(roles=(Role("arn:aws:iam::123456789012:role/deploy"),)),
    ]
    models = [clients.make_client("healthlake", account).meta.service_model for account in accounts]
    assert len({id(model.metadata) for model in models}) == 1


def test_the_host_prefix_is_kept_for_aws_and_dropped_for_an_endpoint_of_ones_own(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clients.make_client("medical-imaging", Settings()).meta.config.inject_host_prefix is False
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert clients.make_client("medical-imaging", Settings()).meta.config.inject_host_prefix is True
    own = Settings(endpoint_url=cloud.url)
    assert clients.make_client("medical-imaging", own).meta.config.inject_host_prefix is False


def test_the_settings_region_goes_before_the_environment(cloud: Sandbox) -> None:
    get(settings=Settings(region="eu-west-1"))
    get()
    assert [entry.region for entry in cloud.journal()] == ["eu-west-1", "us-east-1"]


def test_the_default_region_is_the_environments_or_the_profiles(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    assert default_region(Settings()) == "us-east-1"
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert default_region(Settings()) is None
    config = tmp_path / "config"
    config.write_text("[profile far]\nregion = ap-southeast-2\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert default_region(Settings(profile="far")) == "ap-southeast-2"
    with pytest.raises(ConfigurationError, match="near"):
        default_region(Settings(profile="near"))


def test_importing_the_caller_imports_no_boto3() -> None:
    code = "import sys, provider.aws; print('boto3' in sys.modules, 'botocore' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False"]


def test_every_error_is_one_line() -> None:
    with pytest.raises(ProviderError) as raised:
        call("CreateDatastore", body={"datastoreName": 5, "tags": 7})
    assert "\n" not in str(raised.value)


class _listening:  # noqa: N801  # used as a statement, like the functions of contextlib
    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
