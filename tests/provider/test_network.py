"""The way to AWS: proxies, certificates, files, regions, instances."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import ssl
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

from provider.aws.configuration import Network
from provider.aws.sessions import proxies
from provider.aws.settings import Settings, default_region
from provider.errors import ConfigurationError, CredentialsError
from sandbox.aws import Sandbox
from tests.provider.connecting import ROLE, look, process

pytestmark = pytest.mark.usefixtures("only_the_sandbox")


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
