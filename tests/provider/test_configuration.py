"""The stack's configuration: what is read, what goes first, what is none of its business; secrets."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from provider.aws import configuration
from provider.aws.clients import make_client
from provider.aws.configuration import Network, Role
from provider.aws.settings import Settings
from provider.dynamic.host import HostCall
from provider.engine.call import EngineCall
from provider.engine.log import EngineLog
from provider.errors import ConfigurationError, CredentialsError, ProviderError, printable
from provider.kinds.hidden import SECRETS
from provider.kinds.kind import Kind
from provider.kinds.table import HEALTH_IMAGING_DATASTORE
from provider.verbs.read import read as read_store
from provider.verbs.secrets import masked, sealed, texts
from provider.verbs.tags import read_tags
from provider.verbs.update import update
from sandbox.aws import Sandbox
from tests.provider.connecting import LAKE, ROLE, VALUES, look, process

pytestmark = pytest.mark.usefixtures("only_the_sandbox")


def read(**values: Any) -> configuration.Configuration:
    return configuration.read_configuration({f"aws:{name}": value for name, value in values.items()}.get)


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
    told = {
        *("maxRetries", "retryMode", "s3UsEast1RegionalEndpoint", "s3UsePathStyle"),
        *("tagPolicyCompliance", "tokenBucketRateLimiterCapacity", "userAgents"),
    }
    asked: set[str] = set()
    configuration.read_configuration(lambda key: asked.add(key.removeprefix("aws:")))
    assert asked == acting | told
    assert {key.removeprefix("aws:") for key in configuration.UNHEEDED} == told
    assert not met & asked
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


# Tags of others


@pytest.mark.parametrize("kind", [LAKE, HEALTH_IMAGING_DATASTORE], ids=lambda kind: kind.service)
def test_ignored_tags_are_no_drift_and_stay_where_they_are(cloud: Sandbox, kind: Kind) -> None:
    session = process(ignoreTags={"keys": ["owner"], "keyPrefixes": ["org:", "pulumi"]}).session(
        HostCall(), kind, VALUES, None
    )
    asked: dict[str, Any] = {name: value for name, value in VALUES.items() if name in kind.names}
    store = cloud.add_store(kind.service, kind.inputs({**asked, "region": None}))
    theirs = {"owner": "x", "org:unit": "y"}
    cloud.set_tags(store, {**theirs, "pulumi-health:claim": "o.c", "team": "a"})  # the claim is ours
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
    assert read_tags(LAKE, session, cloud.store(store).arn) == {"pulumi-health:claim": "o.c"}


# What does not act


def test_what_does_not_act_is_told_once_in_a_process() -> None:
    said: list[str] = []

    class Call(HostCall):
        def warn(self, message: str) -> None:
            said.append(message)

    ours = process(maxRetries="3", retryMode="adaptive")
    for _ in range(3):
        ours.complain(Call())
    assert said == ["the stack's configuration sets aws:maxRetries, aws:retryMode, which have no effect here"]
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


METADATA = json.dumps(
    {"issuer": "https://id.example.org", "secret": "é+/ ?\\n<tab>\t", "grant": ["a", "b"]}, ensure_ascii=False
)


@pytest.mark.parametrize(
    "echo",
    [
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        lambda text: json.dumps(json.dumps(text)),
        repr,
        quote,
        lambda text: quote(text, safe=""),
        quote_plus,
        lambda text: re.sub("%..", lambda found: found[0].lower(), quote_plus(text)),
        html.escape,
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(b"{" + text.encode() + b"}").decode(),
        lambda text: base64.b64encode(b"ab" + text.encode() + b"cd").decode(),
        lambda text: "\n    ".join(text[at : at + 9] for at in range(0, len(text), 9)),
        lambda text: json.dumps(text)[: len(text) // 2],
        printable,
    ],
)
def test_a_secret_is_masked_however_a_service_echoes_it(echo: Callable[[str], str]) -> None:
    shown = masked(f"before: {echo(METADATA)}: after", (METADATA,))
    assert re.fullmatch(r"before: [\W\w]{0,3}\[secret\][\W\w]{0,8}: after", shown), shown


def test_a_short_secret_is_masked_as_it_is_only() -> None:
    text = "12 345 67 of a b c"
    assert masked(text, ("1234567", "abc")) == text


@pytest.mark.parametrize(
    "forged", ["\x1b[31merror: gone\x1b[0m", "x\nerror: gone", "x\r\u202egone", "\x9b2Kgone"]
)
def test_what_a_service_says_can_forge_no_line_and_colour_of_its_own(forged: str) -> None:
    assert str(ProviderError("it failed", reason=forged)).isprintable()
    assert "gone" in str(ProviderError("it failed", reason=forged))
    sent: list[str] = []
    log = EngineLog(lambda: None)
    log.send = lambda _severity, _urn, message, **_: sent.append(message)  # type: ignore[method-assign]
    call = EngineCall(log)
    call.warn(forged)
    call.progress(forged)
    assert len(sent) == 2
    assert all(message.isprintable() and "gone" in message for message in sent)


def test_outputs_are_sealed_by_what_they_derive_from() -> None:
    derived: Mapping[str, tuple[str, ...]] = {"job": ("export",)}
    outputs = {"job": {"a": 1}, "export": {"b": 2}, SECRETS: ["export"]}
    assert sealed(outputs, derived)["job"]["value"] == {"a": 1}
    assert sealed({**outputs, SECRETS: ["tags"]}, derived) == {**outputs, SECRETS: ["tags"]}
    assert sealed({"job": None, SECRETS: ["export"]}, derived)["job"] is None
