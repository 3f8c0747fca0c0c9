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
from provider.aws import AwsCaller, Settings, default_region
from provider.aws.clients import make_client
from provider.aws.sessions import proxies
from provider.configuration import Network, Role
from provider.discretion import SECRETS, masked, sealed, texts
from provider.errors import ConfigurationError, CredentialsError
from provider.host import HostCall
from provider.kind import Kind
from provider.kinds import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE
from provider.process import Process
from provider.verbs.create import create
from provider.verbs.outcome import UnfinishedError
from provider.verbs.read import read as read_store
from provider.verbs.update import update
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
    assert found.roles == (Role(ROLE, external_id="x", session_name="s", seconds=1800),)
    assert (found.default_tags, sorted(found.allowed_accounts)) == ({"team": "a"}, ["1", "2"])
    assert found.endpoints == {"healthlake": "http://lake", "sts": "http://sts"}
    assert (found.network.use_fips, found.network.use_dual_stack) == (True, False)


def test_every_member_of_a_role_is_read_and_a_web_identity_comes_first() -> None:
    role: dict[str, Any] = {"roleArn": ROLE, "policy": "{}", "policyArns": ["arn:p"], "sourceIdentity": "me"}
    role |= {"tags": {"team": "a"}, "transitiveTagKeys": ["team"]}
    web = {"roleArn": "arn:web", "webIdentityTokenFile": "/token", "duration": "15m"}
    found = read(assumeRoles=json.dumps([role, {"roleArn": "arn:next"}]), assumeRoleWithWebIdentity=web)
    assert found.roles == (
        Role("arn:web", web_token_file="/token", seconds=900),
        Role(
            ROLE,
            policy="{}",
            policy_arns=("arn:p",),
            source_identity="me",
            tags=(("team", "a"),),
            transitive_tag_keys=("team",),
        ),
        Role("arn:next"),
    )


def test_every_key_of_pulumis_aws_providers_acts_or_is_told() -> None:
    acting = {
        *("accessKey", "allowedAccountIds", "assumeRole", "assumeRoles", "assumeRoleWithWebIdentity"),
        *("customCaBundle", "defaultTags", "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode"),
        *("endpoints", "forbiddenAccountIds", "httpProxy", "httpsProxy", "ignoreTags", "insecure"),
        *("noProxy", "profile", "region", "secretKey", "sharedConfigFiles", "sharedCredentialsFiles"),
        *("skipMetadataApiCheck", "stsRegion", "token", "useDualstackEndpoint", "useFipsEndpoint"),
    }
    met = {"skipCredentialsValidation", "skipRegionValidation", "skipRequestingAccountId"}
    told = {key.removeprefix("aws:") for key in configuration.UNHEEDED}
    asked: set[str] = set()
    configuration.read(lambda key: asked.add(key.removeprefix("aws:")))
    assert asked - told == acting
    assert not told & (acting | met)
    assert read(maxRetries="3", region="eu-west-1").unheeded == ("aws:maxRetries",)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"assumeRole": "{not json"}, "aws:assumeRole is not structured"),
        ({"assumeRole": "[]"}, "aws:assumeRole is not an object"),
        ({"assumeRole": '{"roleArn": "r", "mfa": "p"}'}, "aws:assumeRole has mfa; it takes roleArn"),
        ({"assumeRole": '{"externalId": "x"}'}, "aws:assumeRole has no roleArn"),
        ({"assumeRole": '{"roleArn": "r", "duration": "long"}'}, "duration is not a duration"),
        ({"assumeRoles": '["a"]'}, "aws:assumeRoles is not a list of objects"),
        ({"assumeRole": '{"roleArn": "r", "tags": ["t"]}'}, "aws:assumeRole.tags is not an object"),
        ({"assumeRoleWithWebIdentity": '{"roleArn": "r"}'}, "aws:assumeRoleWithWebIdentity has no token"),
        ({"ignoreTags": '{"keys": "a"}'}, "aws:ignoreTags is not an object with the lists"),
        ({"sharedConfigFiles": '["a", "b"]'}, "aws:sharedConfigFiles names several files"),
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
    role = {"roleArn": ROLE, "externalId": "the-id"}
    web = {"roleArn": ROLE, "webIdentityToken": "the-web-token"}
    stack = read(
        accessKey="the-key",
        secretKey="the-secret",
        token="the-token",
        assumeRole=role,
        assumeRoleWithWebIdentity=web,
        httpsProxy="http://me:the-password@proxy",
    )
    settings = Settings(
        access_key="the-key",
        secret_key="the-secret",
        token="the-token",
        roles=stack.roles,
        network=stack.network,
    )
    assert "the-" not in repr(stack) + repr(settings)


# What goes first


def test_the_resources_own_settings_go_before_the_stacks() -> None:
    ours = process(region="eu-west-1", profile="stack", assumeRole=json.dumps({"roleArn": ROLE}))
    stack = ours.settings({})
    assert (stack.region, stack.profile, stack.roles) == ("eu-west-1", "stack", (Role(ROLE),))
    own = ours.settings({"region": "us-west-2", "connection": {"profile": "own", "role_arn": "arn:own"}})
    assert (own.region, own.profile, own.roles) == ("us-west-2", "own", (Role("arn:own"),))


def test_a_profile_of_its_own_brings_its_own_credentials_and_a_role_all_that_goes_with_it() -> None:
    role = json.dumps({"roleArn": ROLE, "externalId": "stack", "sessionName": "stack"})
    ours = process(accessKey="key", secretKey="secret", assumeRole=role)
    own = ours.settings({"connection": {"profile": "own", "role_arn": "arn:own"}})
    assert (own.access_key, own.secret_key) == (None, None)
    assert own.roles == (Role("arn:own"),)
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
        (Settings(network=Network(use_fips=True)), "https://healthlake-fips.us-east-1.amazonaws.com"),
        (Settings(network=Network(use_dual_stack=True)), "https://healthlake.us-east-1.api.aws"),
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


# Roles


def test_a_chain_of_roles_ends_in_the_last_ones_account(cloud: Sandbox) -> None:
    last = "arn:aws:iam::888888888888:role/last"
    chain = json.dumps([{"roleArn": ROLE, "tags": {"team": "a"}}, {"roleArn": last}])
    ours = process(assumeRoles=chain, allowedAccountIds='["888888888888"]')
    ours.session(HostCall(), LAKE, {"region": "us-east-1"}, None)
    taken = [entry.parameters for entry in cloud.journal("AssumeRole")]
    assert [each["RoleArn"] for each in taken] == [ROLE, last]
    assert taken[0]["Tags.member.1.Key"] == "team"
    assert {each["RoleSessionName"] for each in taken} == {"pulumi-aws-health-datastores"}


def test_a_web_identity_needs_no_aws_credentials_and_its_file_is_read_anew(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    token = tmp_path / "token"
    web = {"roleArn": ROLE, "webIdentityTokenFile": str(token), "sessionName": "ci"}
    ours = process(assumeRoleWithWebIdentity=web)
    with pytest.raises(ConfigurationError, match=r"cannot be read from .*: No such file"):
        look(ours.settings({"region": "us-east-1"}))
    token.write_text("from the identity provider\n")
    assert look(ours.settings({"region": "us-east-1"})) == 200
    (taken,) = cloud.journal("AssumeRoleWithWebIdentity")
    assert (taken.parameters["RoleArn"], taken.parameters["RoleSessionName"]) == (ROLE, "ci")
    assert "identity provider" not in str(taken)


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
    with serving(relay, wrap) as port:
        yield port, asked


@contextmanager
def serving(
    handler: type[BaseHTTPRequestHandler], wrap: Callable[[Any], Any] = lambda it: it
) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.socket = wrap(server.socket)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server.server_address[1]
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


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_a_certificate_is_trusted_by_the_stacks_bundle_or_unseen(cloud: Sandbox, tmp_path: Path) -> None:
    bundle = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle)
    with relaying(cloud, lambda socket: context.wrap_socket(socket, server_side=True)) as (port, asked):
        endpoints = [{"healthlake": f"https://localhost:{port}"}]
        assert look(process(endpoints=endpoints, customCaBundle=str(bundle)).settings({})) == 200
        assert look(process(endpoints=endpoints, insecure="true").settings({})) == 200
        with pytest.raises(ConfigurationError, match="AWS_CA_BUNDLE"):
            look(process(endpoints=endpoints).settings({}))
    assert len(asked) == 2


def test_requests_go_through_the_stacks_proxy_but_to_the_hosts_that_need_none(cloud: Sandbox) -> None:
    with relaying(cloud) as (port, asked):
        proxy = {"httpProxy": f"http://127.0.0.1:{port}", "noProxy": "example.org,127.0.0.1"}
        far = [{"healthlake": "http://healthlake.invalid"}]
        assert look(process(endpoints=far, **proxy).settings({})) == 200
        assert look(process(**proxy).settings({})) == 200
    assert asked == ["http://healthlake.invalid/"]


def test_roles_are_taken_on_through_the_stacks_proxy(cloud: Sandbox) -> None:
    with relaying(cloud) as (port, asked):
        ours = process(
            endpoints=[{"sts": "http://sts.invalid"}],
            httpProxy=f"http://127.0.0.1:{port}",
            noProxy="127.0.0.1",
            assumeRole={"roleArn": ROLE},
        )
        assert look(ours.settings({})) == 200
    assert asked == ["http://sts.invalid/"]


def test_a_proxy_of_one_scheme_leaves_the_other_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://theirs")
    given = Network(http_proxy="http://ours")
    assert proxies(given, "https://x.org") == {"http": "http://ours", "https": "http://theirs"}
    assert proxies(Network(), "https://x.org") is None


# Files, regions, instances


def test_profiles_are_read_from_the_stacks_files(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    files = {name: tmp_path / name for name in ("sharedConfigFiles", "sharedCredentialsFiles")}
    files["sharedConfigFiles"].write_text("[profile far]\nregion = ap-southeast-2\n")
    secret = cloud.env["AWS_SECRET_ACCESS_KEY"]
    files["sharedCredentialsFiles"].write_text(
        f"[far]\naws_access_key_id = {cloud.env['AWS_ACCESS_KEY_ID']}\naws_secret_access_key = {secret}\n"
    )
    ours = process(profile="far", **{name: [str(path)] for name, path in files.items()})
    assert default_region(ours.settings({})) == "ap-southeast-2"
    assert look(ours.settings({})) == 200
    assert cloud.journal()[0].region == "ap-southeast-2"


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_a_region_in_the_environment_that_is_empty_is_not_set(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-west-2\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    for each in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(each)
    monkeypatch.setenv(name, "")
    assert default_region(Settings()) == "eu-west-2"
    assert look(Settings()) == 200
    assert cloud.journal()[0].region == "eu-west-2"


def test_roles_are_taken_on_in_the_region_for_them(cloud: Sandbox) -> None:
    ours = process(stsRegion="eu-central-1", assumeRole={"roleArn": ROLE})
    look(ours.settings({"region": "us-west-2"}))
    assert [(entry.operation, entry.region) for entry in cloud.journal()] == [
        ("AssumeRole", "eu-central-1"),
        ("ListFHIRDatastores", "us-west-2"),
    ]


class Instance(BaseHTTPRequestHandler):
    """The metadata service of an instance whose role may use the sandbox."""

    keys: Mapping[str, str]
    asked: list[str]

    def do_PUT(self) -> None:
        self.tell("a session")

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.tell(json.dumps(self.keys) if self.path.endswith("/health") else "health")

    def tell(self, text: str) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def test_an_instance_is_asked_for_its_role_where_the_stack_says_and_not_where_it_says_not(
    cloud: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"AccessKeyId": "AWS_ACCESS_KEY_ID", "SecretAccessKey": "AWS_SECRET_ACCESS_KEY"}
    for name in (*keys.values(), "AWS_EC2_METADATA_DISABLED"):
        monkeypatch.delenv(name)
    role = {name: cloud.env[key] for name, key in keys.items()}
    role |= {"Code": "Success", "Token": "none", "Expiration": "2099-01-01T00:00:00Z"}
    asked: list[str] = []
    with serving(type("OurInstance", (Instance,), {"keys": role, "asked": asked})) as port:
        ours = {"ec2MetadataServiceEndpoint": f"http://127.0.0.1:{port}/"}
        with pytest.raises(CredentialsError, match="no AWS credentials were found"):
            look(process(**ours, skipMetadataApiCheck="true").settings({}))
        assert asked == []
        assert look(process(**ours).settings({})) == 200
    assert asked[-1].endswith("/security-credentials/health")


# Tags of others


@pytest.mark.parametrize("kind", [LAKE, HEALTH_IMAGING_DATASTORE], ids=lambda kind: kind.service)
def test_ignored_tags_are_no_drift_and_stay_where_they_are(cloud: Sandbox, kind: Kind) -> None:
    session = process(ignoreTags={"keys": ["owner"], "keyPrefixes": ["org:", "pulumi"]}).session(
        HostCall(), kind, VALUES, None
    )
    asked: dict[str, Any] = {name: value for name, value in VALUES.items() if name in kind.names}
    store = cloud.add_store(kind.service, kind.inputs({**asked, "region": None}))
    theirs = {"owner": "x", "org:unit": "y", "pulumi-health:claim": "o.c"}
    cloud.set_tags(store, {**theirs, "team": "a"})
    found = read_store(kind, store, {**asked, "tags": {"team": "a"}, "datastore_id": store}, session)
    assert found is not None
    assert found.outputs["tags"] == {"team": "a"}
    update(kind, store, found.outputs, {**asked, "tags": {}}, session)
    assert cloud.store(store).tags == theirs


def test_a_claim_is_seen_whatever_tags_are_ignored(cloud: Sandbox) -> None:
    ours = process(ignoreTags={"keyPrefixes": ["pulumi"]})
    store = cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    cloud.set_tags(store, {"pulumi-health:claim": "o.c", "pulumi:project": "p"})
    session = ours.session(HostCall(), LAKE, VALUES, None)
    listed = session.run(LAKE.workflows["list-tags"], {"ResourceARN": cloud.store(store).arn}).outputs["tags"]
    assert [tag["Key"] for tag in listed] == ["pulumi-health:claim"]


# What does not act


def test_what_does_not_act_is_told_once_in_a_process() -> None:
    said: list[str] = []

    class Call(HostCall):
        def warn(self, message: str) -> None:
            said.append(message)

    ours = process(maxRetries="3", retryMode="adaptive")
    for _ in range(3):
        ours.complain(Call())
    assert said == [
        "the stack's configuration sets aws:maxRetries, aws:retryMode, which these resources do not heed"
    ]
    process(region="eu-west-1").complain(Call())
    assert len(said) == 1


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
