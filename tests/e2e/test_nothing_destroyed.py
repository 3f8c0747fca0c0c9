"""Nothing is destroyed that a program or a state still names, with the whole engine; both engines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox.aws import Sandbox
    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine
    from tests.e2e.outcome import Outcome

pytestmark = pytest.mark.e2e

HEAD = """
import pulumi
from provider import *
from pulumi import Alias, ResourceOptions
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = KEY.replace("1234abcd", "9999abcd")
OWN_KEY = {"kms_encryption_config": {"cmk_type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": KEY}}
"""
IMAGES = "HealthImagingDatastore"
LAKE = "HealthLakeDatastore"


def started(make_engine: MakeEngine, cloud: Sandbox, program: str) -> Engine:
    engine = make_engine(HEAD + program)
    engine.environment |= cloud.env | {"PULUMI_HEALTH_TIME_SCALE": "20"}
    cloud.settings(throttled=False)
    return engine


def well(outcome: Outcome) -> Outcome:
    assert outcome.exit_code == 0, (outcome, [each.text for each in outcome.messages])
    return outcome


def notes(outcome: Outcome, *severities: str) -> str:
    return "\n".join(each.text for each in outcome.messages if each.severity in (severities or ("info",)))


def active(cloud: Sandbox) -> list[str]:
    return [store.id for store in cloud.stores() if store.status == "ACTIVE"]


# Types


def test_a_store_moves_into_a_subclass_and_back(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("images")\n{LAKE}("images")')
    well(engine.up())
    house = f"class House({IMAGES}): pass\nclass Lake({LAKE}): pass\n"
    engine.write(HEAD + house + 'House("images")\nLake("images")')
    assert set(well(engine.up()).changes) == {"same"}
    assert len(active(cloud)) == 2


# Options


@pytest.mark.parametrize("option", ["ignore_changes", "replace_on_changes", "additional_secret_outputs"])
def test_an_option_that_names_no_property_is_an_error(
    make_engine: MakeEngine, cloud: Sandbox, option: str
) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("images", kms_key_arn=KEY)')
    well(engine.up())
    engine.write(
        HEAD + f'{IMAGES}("images", kms_key_arn=OTHER_KEY, opts=ResourceOptions({option}=["kmsKeyArn"]))'
    )
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert f"images: {option} names 'kmsKeyArn', which is not a property" in outcome.text, outcome
    assert "did you mean 'kms_key_arn'" in outcome.text
    assert "Traceback" not in outcome.text, outcome
    assert cloud.counts().get("DeleteDatastore", 0) == 0


TRANSFORM = """
def change(args):
    return pulumi.ResourceTransformResult(args.props, ResourceOptions.merge(args.opts,
        ResourceOptions(ignore_changes=["kmsKeyArn"])))
pulumi.runtime.register_resource_transform(change)
"""


def test_a_transform_that_ignores_no_property_is_an_error(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("images", kms_key_arn=KEY)')
    if engine.name == "sandbox":
        pytest.skip("the sandbox's engine has no transforms")
    well(engine.up())
    engine.write(HEAD + TRANSFORM + f'{IMAGES}("images", kms_key_arn=OTHER_KEY)')
    outcome = engine.up()
    assert (
        "ignore_changes names 'kmsKeyArn', which is not a property; did you mean 'kms_key_arn'"
        in outcome.text
    )
    assert cloud.counts().get("DeleteDatastore", 0) == 0


def test_what_replaces_on_changes_warns_of_the_data(make_engine: MakeEngine, cloud: Sandbox) -> None:
    options = 'opts=ResourceOptions(replace_on_changes=["tags"])'
    engine = started(make_engine, cloud, f'{IMAGES}("images", tags={{"team": "a"}}, {options})')
    well(engine.up())
    (store,) = active(cloud)
    engine.write(HEAD + f'{IMAGES}("images", tags={{"team": "a"}}, force_destroy=True, {options})')
    preview = well(engine.preview())
    assert preview.steps("images") == ["update"]
    assert notes(preview, "warning") == ""
    engine.write(HEAD + f'{IMAGES}("images", tags={{"team": "b"}}, {options})')
    preview = well(engine.preview())
    assert "replace" in preview.steps("images")
    lost = f"HealthImaging data store {store} will be replaced, and the data in it destroyed"
    assert f"replace_on_changes names tags, which changes: {lost}" in notes(preview, "warning")


# Lines that are taken out

LINES = [
    (IMAGES, "kms_key_arn=KEY"),
    (IMAGES, 'lossless_storage_format="JPEG_2000_LOSSLESS"'),
    (LAKE, 'preload_data_type="SYNTHEA"'),
    (LAKE, "sse_configuration=OWN_KEY"),
    (IMAGES, 'region="eu-west-1"'),
]


@pytest.mark.parametrize(("kind", "line"), LINES, ids=[line.partition("=")[0] for _, line in LINES])
def test_a_line_that_is_taken_out_replaces_nothing(
    make_engine: MakeEngine, cloud: Sandbox, kind: str, line: str
) -> None:
    engine = started(make_engine, cloud, f'{kind}("it", {line})')
    engine.set_config("aws:region", "us-east-1")
    well(engine.up())
    name = line.partition("=")[0]
    engine.write(HEAD + f'{kind}("it")')
    preview = well(engine.preview())
    assert set(preview.changes) == {"same"}
    assert re.search(rf"the program (no longer sets|does not set) {name}\b", notes(preview))
    assert set(well(engine.up()).changes) == {"same"}
    engine.write(HEAD + f'{kind}("it", tags={{"a": "1"}}, opts=ResourceOptions(ignore_changes=["{name}"]))')
    assert well(engine.up()).steps("it") == ["update"]
    well(engine.refresh())
    engine.write(HEAD + f'{kind}("it", tags={{"a": "1"}})')
    assert set(well(engine.up()).changes) == {"same"}
    assert len(active(cloud)) == 1


def test_only_another_value_replaces(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("it", kms_key_arn=KEY)')
    well(engine.up())
    engine.write(HEAD + f'{IMAGES}("it")')
    well(engine.up())
    engine.write(HEAD + f'{IMAGES}("it", kms_key_arn=KEY)')
    assert set(well(engine.up()).changes) == {"same"}
    engine.write(HEAD + f'{IMAGES}("it", kms_key_arn=OTHER_KEY)')
    preview = well(engine.preview())
    assert "replace" in preview.steps("it")
    assert "the data in it destroyed" in notes(preview, "warning")


# Two names for one store


def adopted(cloud: Sandbox, kind: str) -> str:
    if kind == LAKE:
        return cloud.add_store("healthlake", {"DatastoreTypeVersion": "R4"})
    return cloud.add_store("medical-imaging", {"datastoreName": "old", "clientToken": "t"})


@pytest.mark.parametrize("kind", [IMAGES, LAKE])
def test_an_adopted_store_is_renamed_and_stays(make_engine: MakeEngine, cloud: Sandbox, kind: str) -> None:
    store = adopted(cloud, kind)
    engine = started(make_engine, cloud, f'{kind}("records", adopt="{store}")')
    well(engine.up())
    engine.write(HEAD + f'{kind}("patients", adopt="{store}")')
    outcome = well(engine.up())
    assert f"{store} is not deleted: patients of this stack adopts it" in notes(outcome), outcome
    assert outcome.names() == ["patients"]
    assert active(cloud) == [store]
    assert set(well(engine.up()).changes) == {"same"}
    well(engine.destroy())
    assert active(cloud) == []


def test_a_store_that_is_read_from_now_on_stays(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("images")')
    well(engine.up())
    (store,) = active(cloud)
    engine.write(HEAD + f'{IMAGES}.get("theirs", "{store}")')
    assert f"{store} is not deleted: theirs of this stack reads it" in notes(well(engine.up()))
    assert active(cloud) == [store]


def test_a_second_adoption_is_refused_in_the_preview(make_engine: MakeEngine, cloud: Sandbox) -> None:
    store = adopted(cloud, IMAGES)
    engine = started(
        make_engine, cloud, f'{IMAGES}("one", adopt="{store}")\n{IMAGES}("two", adopt="{store}")'
    )
    outcome = engine.preview()
    assert outcome.exit_code != 0
    assert f"names HealthImaging data store {store}, which " in outcome.text, outcome
    assert "of this program adopts already" in outcome.text


def test_what_a_resource_manages_is_adopted_by_no_other(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("one")')
    well(engine.up())
    (store,) = active(cloud)
    engine.write(HEAD + f'{IMAGES}("one")\n{IMAGES}("two", adopt="{store}")')
    outcome = engine.preview()
    assert outcome.exit_code != 0
    assert f"HealthImaging data store {store}, which " in outcome.text, outcome
    assert "already" in outcome.text


def test_a_state_in_which_two_hold_a_store_is_refreshed_and_destroyed_whole(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    store = adopted(cloud, IMAGES)
    engine = started(make_engine, cloud, f'{IMAGES}("records", adopt="{store}")')
    well(engine.up())
    document = {"version": 3, "deployment": twice(dict(engine.deployment()))}
    engine.import_deployment(document)
    refresh = well(engine.refresh())
    assert sorted(name for name in refresh.names() if name != "default") == ["patients", "records"]
    assert f"HealthImaging data store {store} is in the state as " in notes(refresh, "warning"), refresh
    assert active(cloud) == [store]
    well(engine.destroy("--refresh"))
    assert engine.deployment().get("resources", []) == []
    assert active(cloud) == []


def twice(deployment: dict) -> dict:  # type: ignore[type-arg]  # a state, as it is
    """Let a second resource hold what the first one does, as two adoptions once could."""
    (first,) = (each for each in deployment["resources"] if each["urn"].endswith("::records"))
    tokens = {"__token": "another"}
    second = {
        **first,
        "urn": first["urn"].replace("::records", "::patients"),
        "inputs": {**first["inputs"], **tokens},
        "outputs": {**first["outputs"], **tokens},
    }
    return {**deployment, "resources": [*deployment["resources"], second]}


def test_a_renamed_store_that_is_replaced_after_a_refresh_goes(
    make_engine: MakeEngine, cloud: Sandbox
) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("old", kms_key_arn=KEY)')
    well(engine.up())
    (store,) = active(cloud)
    engine.write(
        HEAD + f'{IMAGES}("new", kms_key_arn=OTHER_KEY, opts=ResourceOptions(aliases=[Alias(name="old")]))'
    )
    outcome = well(engine.up("--refresh"))
    assert "is not deleted" not in notes(outcome)
    assert store not in active(cloud)


# Creations that give back what is there

DOCUMENT = """
arazzo: 1.0.1
info: {title: a store, version: 1.0.0}
sourceDescriptions:
- {name: api, url: imaging.yaml, type: openapi, x-aws-service: medical-imaging}
workflows:
- workflowId: make
  inputs: {type: object, properties: {clientToken: {type: string}, datastoreName: {type: string}}}
  steps:
  - stepId: create
    operationId: CreateDatastore
    requestBody: {payload: {clientToken: $inputs.clientToken, datastoreName: $inputs.datastoreName}}
    successCriteria: [{condition: $statusCode == 200}]
    outputs: {datastoreId: $response.body#/datastoreId}
  - stepId: poll
    operationId: GetDatastore
    parameters: [{name: datastoreId, in: path, value: $steps.create.outputs.datastoreId}]
    successCriteria: [{condition: $statusCode == 200}]
    onSuccess:
    - name: again
      type: goto
      stepId: poll
      criteria: [{condition: "$response.body#/datastoreProperties/datastoreStatus == 'CREATING'"}]
    - name: ready
      type: end
      criteria: [{condition: "$response.body#/datastoreProperties/datastoreStatus == 'ACTIVE'"}]
  outputs: {datastoreId: $steps.create.outputs.datastoreId}
- workflowId: remove
  inputs: {type: object, properties: {datastoreId: {type: string}}}
  steps:
  - stepId: delete
    operationId: DeleteDatastore
    parameters: [{name: datastoreId, in: path, value: $inputs.datastoreId}]
    successCriteria: [{condition: $statusCode == 200}]
"""
WORKFLOW = """
ArazzoWorkflow("{name}", document="store.arazzo.yaml", create="make", delete="remove",
    id_output="datastoreId", triggers={{"run": {run}}},
    inputs={{"clientToken": "{token}", "datastoreName": "one"}})
"""


def workflow(name: str = "store", client: str = "fixed", run: int = 1) -> str:
    return WORKFLOW.format(name=name, token=client, run=run)


def test_a_replacement_that_gets_back_the_old_store_fails(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, "")
    engine.write({"store.arazzo.yaml": DOCUMENT, "__main__.py": HEAD + workflow()})
    well(engine.up())
    (store,) = active(cloud)
    engine.write(HEAD + workflow(run=2))
    preview = well(engine.preview())
    assert "inputs.clientToken feeds an idempotency token and does not change" in notes(preview, "warning")
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert f"with workflow make {store}, which this stack holds already as store" in outcome.text, outcome
    assert active(cloud) == [store]
    assert outcome.resource("store")["id"] == store
    engine.write(HEAD + workflow(client="another", run=2))
    assert "idempotency" not in notes(well(engine.preview()), "warning")
    well(engine.up())
    assert active(cloud) != [store]
    assert len(active(cloud)) == 1


def test_two_resources_that_get_one_store_do_not_share_it(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, "")
    engine.write({"store.arazzo.yaml": DOCUMENT, "__main__.py": HEAD + workflow("one") + workflow("two")})
    outcome = engine.up()
    assert outcome.exit_code != 0
    assert "which this stack holds already as " in outcome.text, outcome
    assert len([name for name in outcome.names() if name in {"one", "two"}]) == 1
    assert len(active(cloud)) == 1


# Other accounts and regions

ELSEWHERE = "arn:aws:iam::999999999999:role/other"


@pytest.mark.parametrize("kind", [IMAGES, LAKE])
def test_credentials_of_another_account_take_nothing_for_gone(
    make_engine: MakeEngine, cloud: Sandbox, kind: str
) -> None:
    engine = started(make_engine, cloud, f'{kind}("it", connection={{"endpoint_url": "{cloud.url}"}})')
    well(engine.up())
    (store,) = active(cloud)
    cloud.set_speed(10.0)  # a session of an hour has to outlast the runs
    engine.environment |= other_account(cloud)
    del engine.environment["PULUMI_HEALTH_TIME_SCALE"]  # STS has to answer within some seconds
    engine.write(HEAD + f'{kind}("it", tags={{"a": "b"}}, connection={{"endpoint_url": "{cloud.url}"}})')
    for run in (engine.refresh, engine.up, engine.destroy):
        outcome = run()
        assert outcome.exit_code != 0, outcome
        assert "it is in the AWS account 123456789012 in us-east-1" in outcome.text, outcome
        assert "the credentials are those of the AWS account 999999999999" in outcome.text
        assert outcome.resource("it")["id"] == store
    assert active(cloud) == [store]


def other_account(cloud: Sandbox) -> dict[str, str]:
    """Return credentials of another account, as an environment has them."""
    import boto3  # noqa: PLC0415 - takes long to import

    sts = boto3.client(
        "sts",
        "us-east-1",
        endpoint_url=cloud.url,
        aws_access_key_id=cloud.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=cloud.env["AWS_SECRET_ACCESS_KEY"],
    )
    given = sts.assume_role(RoleArn=ELSEWHERE, RoleSessionName="other")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }


def test_what_is_really_gone_is_gone(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("one")\n{IMAGES}("two")')
    well(engine.up())
    for store in active(cloud):
        cloud.remove_store(store)
    assert well(engine.refresh()).names() == []


@pytest.mark.parametrize("call", [f'{IMAGES}.get("it", "{"0" * 32}")', f'{LAKE}.get("it", "{"0" * 32}")'])
def test_to_read_what_does_not_exist_is_an_error(make_engine: MakeEngine, cloud: Sandbox, call: str) -> None:
    outcome = started(make_engine, cloud, call).up()
    assert outcome.exit_code != 0
    assert f"'{'0' * 32}' does not exist" in outcome.text, outcome


# Tags of others

FOREIGN = {"aws:cloudformation:stack-name": "theirs"}


@pytest.mark.parametrize("kind", [IMAGES, LAKE])
@pytest.mark.parametrize("tags", ["", ', tags={"a": "1"}'])
def test_tags_of_aws_are_nobodys(make_engine: MakeEngine, cloud: Sandbox, kind: str, tags: str) -> None:
    store = adopted(cloud, kind)
    cloud.set_tags(store, FOREIGN)
    engine = started(make_engine, cloud, f'{kind}("it", adopt="{store}"{tags})')
    for _ in range(3):
        well(engine.up())
        well(engine.refresh())
    assert set(well(engine.up()).changes) == {"same"}
    assert cloud.store(store).tags == {**FOREIGN, **({"a": "1"} if tags else {})}


def test_a_tag_that_a_refresh_took_in_is_ignored_later(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("images", tags={{"a": "1"}})')
    well(engine.up())
    (store,) = active(cloud)
    cloud.set_tags(store, {"a": "1", "org:unit": "theirs"})
    well(engine.refresh())
    engine.set_config("aws:ignoreTags", {"keyPrefixes": ["org:"]})
    assert set(well(engine.up()).changes) == {"same"}
    engine.write(HEAD + f'{IMAGES}("images", tags={{"a": "2"}})')
    well(engine.up())
    assert cloud.store(store).tags == {"a": "2", "org:unit": "theirs"}


@pytest.mark.parametrize("kind", [IMAGES, LAKE])
def test_tags_that_are_kept_for_others_are_refused(
    make_engine: MakeEngine, cloud: Sandbox, kind: str
) -> None:
    engine = started(
        make_engine, cloud, f'{kind}("it", tags={{"pulumi-health:claim": "x", "aws:mine": "y"}})'
    )
    outcome = engine.preview()
    assert outcome.exit_code != 0
    assert "only this provider sets tags that begin with pulumi-health:" in outcome.text, outcome
    assert "only AWS sets tags that begin with aws:" in outcome.text, outcome


# Updates that no property shows


def test_an_update_after_an_adoption_says_what_it_does(make_engine: MakeEngine, cloud: Sandbox) -> None:
    store = adopted(cloud, IMAGES)
    engine = started(make_engine, cloud, f'{IMAGES}("it", adopt="{store}", tags={{"team": "a"}})')
    well(engine.up())
    preview = well(engine.preview())
    assert preview.steps("it") == ["update"]
    brought = f"updates HealthImaging data store {store} to what the program sets: tags (team)"
    assert brought in notes(preview), preview


def test_an_update_after_an_interruption_says_what_it_does(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("it")')
    cloud.fault("GetDatastore", "deny", calls=(1, 2))
    assert engine.up().exit_code != 0
    preview = well(engine.preview())
    assert preview.steps("it") == ["update"]
    assert "resumes HealthImaging data store" in notes(preview), preview


def test_a_look_tells_no_steps(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("images")\n{LAKE}("records")')
    well(engine.up())
    refresh = well(engine.refresh())
    told = [each.text for each in refresh.messages if each.urn.endswith(("::images", "::records"))]
    assert told == [], refresh


def test_examples_hand_ids_on() -> None:
    for path in Path(__file__).parents[2].glob("examples/*/__main__.py"):
        assert "records.datastore_id" not in path.read_text(), path


def test_a_value_that_becomes_secret_shows_no_hidden_input(make_engine: MakeEngine, cloud: Sandbox) -> None:
    engine = started(make_engine, cloud, f'{IMAGES}("images", tags={{"a": "b"}})')
    well(engine.up())
    secret = f'{IMAGES}("images", tags=pulumi.Output.secret({{"a": "c"}})'
    engine.write(HEAD + f"{secret})")
    preview = well(engine.preview("--diff") if engine.name == "pulumi" else engine.preview())
    assert preview.steps("images") == ["update"]
    assert "__" not in preview.text
    replacing = 'opts=pulumi.ResourceOptions(replace_on_changes=["tags"])'
    engine.write(HEAD + f"{secret}, {replacing})")
    assert "replace" in well(engine.preview()).steps("images")
