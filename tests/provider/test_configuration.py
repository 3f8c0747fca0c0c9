"""The stack's configuration: read, ordered and carried to AWS; the account guard; temporary credentials."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from provider import configuration
from provider.arazzo import Operation, Request
from provider.aws import AwsCaller, Settings
from provider.aws.clients import make_client
from provider.discretion import SECRETS, masked, sealed, texts
from provider.errors import ConfigurationError, CredentialsError
from provider.host import HostCall
from provider.kinds import HEALTHLAKE_DATASTORE
from provider.process import Process
from provider.verbs.create import create
from provider.verbs.outcome import UnfinishedError
from sandbox.aws import Sandbox

ROLE = "arn:aws:iam::999999999999:role/health"
LAKE = HEALTHLAKE_DATASTORE
VALUES = {"datastore_name": "records", "datastore_type_version": "R4", "region": "us-east-1", "__token": "t"}


@pytest.fixture(autouse=True)
def _only_the_sandbox(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in cloud.env.items():
        monkeypatch.setenv(name, value)


def read(**values: Any) -> configuration.Configuration:
    return configuration.read({f"aws:{name}": value for name, value in values.items()}.get)


def process(**values: Any) -> Process:
    return Process(get={f"aws:{name}": value for name, value in values.items()}.get, request=HostCall)


# What is read


def test_structured_values_are_read_from_json_text() -> None:
    found = read(
        assumeRole=json.dumps({"roleArn": ROLE, "externalId": "x", "sessionName": "s", "duration": "30m"}),
        defaultTags=json.dumps({"tags": {"team": "a"}}),
        allowedAccountIds=json.dumps(["1", 2]),
        endpoints=json.dumps([{"healthlake": "http://lake"}, {"sts": "http://sts"}]),
        useFipsEndpoint="true",
        useDualstackEndpoint="false",
    )
    assert (found.role_arn, found.external_id, found.session_name, found.session_seconds) == (
        ROLE,
        "x",
        "s",
        1800,
    )
    assert (found.default_tags, sorted(found.allowed_accounts)) == ({"team": "a"}, ["1", "2"])
    assert found.endpoints == {"healthlake": "http://lake", "sts": "http://sts"}
    assert (found.use_fips, found.use_dual_stack) == (True, False)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"assumeRole": "{not json"}, "aws:assumeRole is not structured"),
        ({"assumeRole": "[]"}, "aws:assumeRole is not an object"),
        ({"assumeRole": '{"roleArn": "r", "policy": "p"}'}, "aws:assumeRole has policy; it takes roleArn"),
        ({"assumeRole": '{"externalId": "x"}'}, "aws:assumeRole has no roleArn"),
        ({"assumeRole": '{"roleArn": "r", "duration": "long"}'}, "duration is not a duration"),
        ({"assumeRoles": '[{"roleArn": "a"}, {"roleArn": "b"}]'}, "names several roles"),
        ({"defaultTags": '{"tags": ["a"]}'}, "aws:defaultTags.tags is not an object"),
        ({"endpoints": '["http://lake"]'}, "aws:endpoints is not a list of objects"),
        ({"allowedAccountIds": '"1"'}, "aws:allowedAccountIds is not a list"),
        ({"useFipsEndpoint": "maybe"}, "aws:useFipsEndpoint is not true or false"),
        ({"accessKey": "key"}, "are not both set"),
        ({"token": "token"}, "are not both set"),
    ],
)
def test_what_is_malformed_is_refused_in_one_line(values: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read(**values)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_credentials_are_in_no_representation() -> None:
    keys = {
        "access_key": "the-key",
        "secret_key": "the-secret",
        "token": "the-token",
        "external_id": "the-id",
    }
    stack = read(accessKey="the-key", secretKey="the-secret", token="the-token")
    shown = repr(stack) + repr(Settings(**keys))  # type: ignore[arg-type]  # all of them are texts
    assert "the-" not in shown


# What goes first


def test_the_resources_own_settings_go_before_the_stacks() -> None:
    ours = process(region="eu-west-1", profile="stack", assumeRole=json.dumps({"roleArn": ROLE}))
    stack = ours.settings({})
    assert (stack.region, stack.profile, stack.role_arn) == ("eu-west-1", "stack", ROLE)
    own = ours.settings({"region": "us-west-2", "connection": {"profile": "own", "role_arn": "arn:own"}})
    assert (own.region, own.profile, own.role_arn) == ("us-west-2", "own", "arn:own")


def test_a_profile_of_its_own_brings_its_own_credentials_and_a_role_all_that_goes_with_it() -> None:
    role = json.dumps({"roleArn": ROLE, "externalId": "stack", "sessionName": "stack"})
    ours = process(accessKey="key", secretKey="secret", assumeRole=role)
    own = ours.settings({"connection": {"profile": "own", "role_arn": "arn:own"}})
    assert (own.access_key, own.secret_key) == (None, None)
    assert (own.external_id, own.session_name) == (None, Settings().session_name)
    assert ours.settings({}).access_key == "key"


def test_the_stacks_keys_go_before_the_environments(cloud: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "UNKNOWN")
    keys = process(
        accessKey=cloud.env["AWS_ACCESS_KEY_ID"], secretKey=cloud.env["AWS_SECRET_ACCESS_KEY"]
    ).settings({})
    assert look(keys) == 200
    with pytest.raises(CredentialsError, match="UnrecognizedClientException"):
        look(Settings())


@pytest.mark.parametrize(
    ("settings", "endpoint"),
    [
        (Settings(use_fips=True), "https://healthlake-fips.us-east-1.amazonaws.com"),
        (Settings(use_dual_stack=True), "https://healthlake.us-east-1.api.aws"),
        (Settings(endpoints=(("healthlake", "http://lake"),)), "http://lake"),
        (
            Settings(endpoints=(("medicalimaging", "http://images"),)),
            "https://healthlake.us-east-1.amazonaws.com",
        ),
        (Settings(endpoints=(("healthlake", "http://lake"),), endpoint_url="http://own"), "http://own"),
    ],
)
def test_endpoints_are_chosen_as_boto3_chooses_them(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, endpoint: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    assert make_client("healthlake", settings).meta.endpoint_url == endpoint


def test_an_endpoint_is_found_by_pulumis_name_of_the_service() -> None:
    assert (
        Settings(endpoints=(("medicalimaging", "http://images"),)).endpoint("medical-imaging")
        == "http://images"
    )


def look(settings: Settings) -> int:
    operation = Operation(
        "healthlakeApi", "ListFHIRDatastores", source_extensions={"x-aws-service": "healthlake"}
    )
    return AwsCaller(settings).call(operation, Request(body={})).status


# The account guard


def test_the_guard_asks_once_for_each_way_to_reach_aws(cloud: Sandbox) -> None:
    ours = process(allowedAccountIds='["123456789012"]')
    threads = [
        threading.Thread(target=ours.session, args=(HostCall(), LAKE, {"region": region}, None))
        for region in ("us-east-1", "eu-west-1") * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cloud.counts() == {"GetCallerIdentity": 2}


def test_an_unguarded_stack_asks_nothing(cloud: Sandbox) -> None:
    process().session(HostCall(), LAKE, {"region": "us-east-1"}, None)
    assert cloud.counts() == {}


def test_the_guard_judges_the_account_of_the_role(cloud: Sandbox) -> None:
    ours = process(assumeRole=json.dumps({"roleArn": ROLE}), allowedAccountIds='["123456789012"]')
    with pytest.raises(ConfigurationError) as raised:
        ours.session(HostCall(), LAKE, {"region": "us-east-1"}, None)
    assert str(raised.value).startswith(
        "the credentials are those of the AWS account 999999999999, "
        "which aws:allowedAccountIds does not allow (it allows 123456789012); "
    )
    assert set(cloud.counts()) == {"AssumeRole", "GetCallerIdentity"}


# Credentials that expire while a store is made: 20 minutes, of which 15 pass with one set of credentials


def made(ours: Process, monkeypatch: pytest.MonkeyPatch, cloud: Sandbox) -> str:
    monkeypatch.setenv("PULUMI_HEALTH_TIME_SCALE", str(cloud.health().speed))
    store = create(LAKE, VALUES, ours.session(HostCall(), LAKE, VALUES, 1e6), None)
    return str(store.outputs["datastore_status"])


def test_a_roles_credentials_are_renewed_during_a_long_wait(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = json.dumps({"roleArn": ROLE, "duration": "15m"})
    assert made(process(assumeRole=role), monkeypatch, cloud) == "ACTIVE"
    assert cloud.counts()["AssumeRole"] > 1
    assert {entry.code for entry in cloud.journal()} == {None}


PROFILES = {
    "role": """
[profile health]
role_arn = {role}
source_profile = base
duration_seconds = 900
[profile base]
aws_access_key_id = {key}
aws_secret_access_key = {secret}
""",
    "process": """
[profile health]
credential_process = {python} {helper} {url}
""",
}

HELPER = """
import json, sys, boto3
sts = boto3.client("sts", endpoint_url=sys.argv[1], region_name="us-east-1",
                   aws_access_key_id="{key}", aws_secret_access_key="{secret}")
given = sts.assume_role(RoleArn="{role}", RoleSessionName="helper", DurationSeconds=43200)["Credentials"]
given["Expiration"] = given["Expiration"].isoformat()
print(json.dumps({{"Version": 1, **given}}))
"""


@pytest.mark.parametrize("kind", PROFILES)
def test_a_profiles_temporary_credentials_are_renewed_during_a_long_wait(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    helper = tmp_path / "helper.py"
    config = tmp_path / "config"
    known = {"key": cloud.env["AWS_ACCESS_KEY_ID"], "secret": cloud.env["AWS_SECRET_ACCESS_KEY"]}
    helper.write_text(HELPER.format(role=ROLE, **known))
    paths = {"python": sys.executable, "helper": helper, "url": cloud.url}
    config.write_text(PROFILES[kind].format(role=ROLE, **known, **paths))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert made(process(profile="health"), monkeypatch, cloud) == "ACTIVE"
    assert cloud.counts()["AssumeRole"] > 1


def test_static_credentials_that_expire_end_in_a_clear_error_and_the_store_is_kept(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = make_client("sts", Settings(region="us-east-1")).assume_role(
        RoleArn=ROLE, RoleSessionName="me", DurationSeconds=3600
    )["Credentials"]
    ours = process(
        accessKey=given["AccessKeyId"], secretKey=given["SecretAccessKey"], token=given["SessionToken"]
    )
    cloud.settings(lake_create=5400.0)
    with pytest.raises(UnfinishedError) as raised:
        made(ours, monkeypatch, cloud)
    (store,) = cloud.stores()
    assert raised.value.made.id == store.id
    assert "AWS refuses the credentials" in str(raised.value)
    assert "ExpiredTokenException" in str(raised.value)
    assert "the next `pulumi up` goes on from there" in str(raised.value)
    assert given["SecretAccessKey"] not in str(raised.value)


# Proxies and certificates


class Relay(BaseHTTPRequestHandler):
    """Passes what it gets on to the sandbox, as a proxy does and as a front with TLS does."""

    protocol_version = "HTTP/1.1"
    target = ""
    asked: list[str]

    def do_POST(self) -> None:
        self.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        connection = http.client.HTTPConnection(self.target, timeout=10)
        connection.request("POST", urlsplit(self.path).path or "/", body, dict(self.headers.items()))
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        connection.close()

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


@contextmanager
def relaying(cloud: Sandbox, wrap: Callable[[Any], Any] = lambda it: it) -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []
    relay = type("OurRelay", (Relay,), {"target": cloud.url.removeprefix("http://"), "asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), relay)
    server.socket = wrap(server.socket)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.server_address[1], asked
    server.shutdown()
    server.server_close()


def test_requests_go_through_the_proxy_of_the_environment(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://healthlake.invalid")
    with relaying(cloud) as (port, asked):
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        assert look(Settings()) == 200
    assert asked == ["http://healthlake.invalid/"]


def test_a_certificate_is_trusted_by_the_bundle_of_the_environment(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle)
    with relaying(cloud, lambda socket: context.wrap_socket(socket, server_side=True)) as (port, asked):
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://localhost:{port}")
        with pytest.raises(ConfigurationError, match="AWS_CA_BUNDLE"):
            look(Settings())
        monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
        assert look(Settings()) == 200
    assert len(asked) == 1


def certificate(folder: Path) -> Path:
    """A file with a key and a certificate of localhost that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = serialization.PrivateFormat.PKCS8
    text = key.private_bytes(pem, private, serialization.NoEncryption()) + made.public_bytes(pem)
    path = folder / "bundle.pem"
    path.write_bytes(text)
    return path


# Secrets


def test_secret_texts_are_masked_also_where_they_were_cut_short() -> None:
    long = "0123456789" * 30
    hidden = texts({SECRETS: ["a", "b"], "a": {"x": [long, "ab"]}, "b": "short", "c": "open"})
    assert hidden == (long, "short")
    assert masked(f"a '{long[:200]}...' b {long} short open ab", hidden) == (
        "a '[secret]...' b [secret] [secret] open ab"
    )


def test_outputs_are_sealed_by_what_they_derive_from() -> None:
    derived: Mapping[str, tuple[str, ...]] = {"job": ("export",)}
    outputs = {"job": {"a": 1}, "export": {"b": 2}, SECRETS: ["export"]}
    assert sealed(outputs, derived)["job"]["value"] == {"a": 1}
    assert sealed({**outputs, SECRETS: ["tags"]}, derived) == {**outputs, SECRETS: ["tags"]}
    assert sealed({"job": None, SECRETS: ["export"]}, derived)["job"] is None
