"""Documents for AWS's other services, written as published ones are: the protocols' names, against moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from moto.server import ThreadedMotoServer

from provider.arazzo.protocol import Operation, Request
from provider.aws.caller import AwsCaller
from provider.aws.parameters import call_arguments
from provider.aws.settings import Settings
from provider.cli.main import main
from provider.cli.validate import command as validate
from provider.errors import InputError
from provider.models import services as models

HEAD = """\
arazzo: 1.0.1
info: {{title: t, version: '1'}}
sourceDescriptions: [{{name: {source}, url: {url}, type: openapi}}]
workflows:
- workflowId: w
  inputs: {{type: object, properties: {{name: {{type: string}}}}}}
  steps:
"""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    import_module("moto.rds.models")  # takes seconds, which a first request would wait for
    import_module("moto.s3.models")
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.mark.parametrize(
    ("service", "operation", "request_", "expected"),
    [
        (
            "ec2",
            "DescribeInstances",
            {
                "query": {
                    "Action": "DescribeInstances",
                    "Version": "2016-11-15",
                    "InstanceId.2": "i-2",
                    "InstanceId.1": "i-1",
                    "Filter.1.Name": "tag:team",
                    "Filter.1.Value.1": "scans",
                }
            },
            {
                "InstanceIds": ["i-1", "i-2"],
                "Filters": [{"Name": "tag:team", "Values": ["scans"]}],
            },
        ),
        ("ec2", "DescribeInstances", {"query": {"InstanceId": "i-1"}}, {"InstanceIds": ["i-1"]}),
        (
            "rds",
            "AddTagsToResource",
            {"body": "Action=AddTagsToResource&ResourceName=a&Tags.member.1.Key=k&Tags.member.1.Value=v"},
            {"ResourceName": "a", "Tags": [{"Key": "k", "Value": "v"}]},
        ),
        (
            "sns",
            "CreateTopic",
            {"body": {"Name": "t", "Attributes.entry.1.key": "a", "Attributes.entry.1.value": "b"}},
            {"Name": "t", "Attributes": {"a": "b"}},
        ),
        (
            "rds",
            "ModifyDBInstance",
            {"query": {"MultiAZ": "true", "Iops": "5"}},
            {"MultiAZ": True, "Iops": 5},
        ),
        (
            "s3",
            "GetObject",
            {"path": {"Bucket": "b", "Key+": "a/b"}, "query": {"x-id": "GetObject"}},
            {"Bucket": "b", "Key": "a/b"},
        ),
        (
            "s3",
            "PutBucketTagging",
            {
                "path": {"Bucket": "b"},
                "query": {"tagging": ""},
                "body": "<Tagging><TagSet><Tag><Key>k</Key><Value>a &amp; b</Value></Tag></TagSet></Tagging>",
            },
            {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "k", "Value": "a & b"}]}},
        ),
        (
            "s3",
            "PutBucketTagging",
            {"path": {"Bucket": "b"}, "body": {"TagSet": {"Tag": [{"Key": "k", "Value": "v"}]}}},
            {"Bucket": "b", "Tagging": {"TagSet": [{"Key": "k", "Value": "v"}]}},
        ),
        (
            "lambda",
            "TagResource",
            {
                "path": {"ARN": "arn:aws:lambda:us-east-1:123456789012:function:f"},
                "body": {"Tags": {"a": "b"}},
            },
            {"Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Tags": {"a": "b"}},
        ),
        (
            "lambda",
            "Invoke",
            {"path": {"FunctionName": "f"}, "body": {"a": 1}},
            {"FunctionName": "f", "Payload": b'{"a": 1}'},
        ),
    ],
)
def test_names_on_the_wire_are_boto3s_arguments(
    service: str, operation: str, request_: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = call_arguments(models.operation(service, operation), Request(**request_))
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("service", "operation", "request_", "message"),
    [
        ("ec2", "RunInstances", {"query": {"Action": "StopInstances"}}, "whose Action is 'RunInstances'"),
        ("s3", "ListObjectsV2", {"query": {"list-type": 1}}, "whose list-type is '2'"),
        ("ec2", "DescribeInstances", {"query": {"Filter.0.Name": "a"}}, "no query parameter Filter.0.Name"),
        ("rds", "AddTagsToResource", {"body": {"Tag.1.Ky": "k"}}, "no form parameter Tag.1.Ky"),
        ("s3", "PutBucketTagging", {"body": "<Tagging><TagSet>"}, "it is not XML"),
    ],
)
def test_what_selects_another_operation_or_is_no_name_is_refused(
    service: str, operation: str, request_: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        call_arguments(models.operation(service, operation), Request(**request_))


@pytest.mark.parametrize(
    ("source", "url", "operation", "found"),
    [
        ("rdsApi", "amazon-rds-openapi.yml", {"operation_id": "describeDBInstances"}, "DescribeDBInstances"),
        ("rdsApi", "", {"operation_id": "POST_CreateDBInstance"}, "CreateDBInstance"),
        ("s3RestApi", "amazon-s3-rest-api-openapi.yml", {"operation_id": "ListBuckets"}, "ListBuckets"),
        ("neptuneLoaderApi", "", {"operation_id": "startLoaderJob"}, "StartLoaderJob"),
        ("ordersTableDynamodb", "", {"operation_id": "GetItem"}, "GetItem"),
        ("ec2", "", {"path": "/?Action=AllocateAddress", "method": "get"}, "AllocateAddress"),
        ("rds", "", {"path": "/#Action=CreateDBInstance", "method": "post"}, "CreateDBInstance"),
        ("s3", "", {"path": "/{Bucket}#acl", "method": "get"}, "GetBucketAcl"),
        ("s3", "", {"path": "/{Bucket}/{Key}", "method": "put"}, "PutObject"),
    ],
)
def test_a_step_finds_its_operation_as_published_documents_write_it(
    source: str, url: str, operation: dict[str, str], found: str
) -> None:
    assert models.resolve(Operation(source, source_url=url, **operation)).name == found  # type: ignore[arg-type]


DESCRIPTION = """\
openapi: 3.1.0
info: {title: Our tables, version: 2012-08-10}
servers: [{url: 'https://dynamodb.{region}.amazonaws.com'}]
paths:
  /#X-Amz-Target=DynamoDB_20120810.ListTables:
    post: {operationId: tables, responses: {'200': {description: ok}}}
"""


def test_the_description_that_the_url_names_finds_the_service_and_the_operation(tmp_path: Path) -> None:
    (tmp_path / "tables.yaml").write_text(DESCRIPTION)
    document = str(tmp_path / "d.yaml")
    called = Operation("anything", "tables", source_url="tables.yaml", document=document)
    assert models.resolve(called).name == "ListTables"
    assert models.service("anything", "tables.yaml", {}, document) == "dynamodb"


def test_an_api_that_is_not_awss_is_checked_against_its_description(tmp_path: Path) -> None:
    text = DESCRIPTION.replace("https://dynamodb.{region}.amazonaws.com", "https://tables.example.com")
    (tmp_path / "ours.yaml").write_text(text.replace("Our tables", "Ours"))
    document = tmp_path / "d.yaml"
    document.write_text(
        HEAD.format(source="ours", url="ours.yaml")
        + "  - {stepId: a, operationId: tables}\n  - {stepId: b, operationId: tabels}\n"
    )
    result = CliRunner().invoke(validate, [str(document)])
    assert "ours.yaml has no operation tabels" in result.output
    assert "did you mean tables?" in result.output
    assert "invalid, 1 error" in result.output


def test_a_service_is_named_by_hand(tmp_path: Path) -> None:
    document = tmp_path / "d.yaml"
    document.write_text(
        HEAD.format(source="store", url="x.yaml") + "  - {stepId: a, operationId: ListBuckets}\n"
    )
    assert "names no AWS service" in CliRunner().invoke(validate, [str(document)]).output
    named = CliRunner().invoke(validate, [str(document), "--service", "store=s3"])
    assert (named.exit_code, "valid" in named.output) == (0, True)
    assert main(["validate", str(document), "--service", "stor=s3"]) == 1


DATABASE = """\
  - stepId: create
    operationId: createDBInstance
    parameters:
    - {name: Action, in: query, value: CreateDBInstance}
    - {name: Version, in: query, value: '2014-10-31'}
    - {name: DBInstanceIdentifier, in: query, value: $inputs.name}
    - {name: DBInstanceClass, in: query, value: db.t3.micro}
    - {name: Engine, in: query, value: postgres}
    - {name: MasterUsername, in: query, value: admin1}
    - {name: MasterUserPassword, in: query, value: password1}
    - {name: AllocatedStorage, in: query, value: '20'}
    - {name: Tags.member.1.Key, in: query, value: team}
    - {name: Tags.member.1.Value, in: query, value: scans}
  - stepId: poll
    operationId: describeDBInstances
    parameters: [{name: DBInstanceIdentifier, in: query, value: $inputs.name}]
    onSuccess:
    - name: again
      type: goto
      stepId: poll
      criteria:
      - context: $response.body
        type: jsonpath
        condition: $.dBInstances[0].dBInstanceStatus != 'available'
    - {name: there, type: end}
    outputs:
      status: $response.body#/dBInstances/0/dBInstanceStatus
      tags: $response.body#/DBInstances/0/TagList
  outputs: {status: $steps.poll.outputs.status, tags: $steps.poll.outputs.tags}
"""


def outputs(folder: Path, text: str, given: str, endpoint: str, capsys: pytest.CaptureFixture[str]) -> object:
    """Run a document with one input; return its outputs."""
    document = folder / "d.yaml"
    document.write_text(text)
    code = main(["run", str(document), "--input", given, "--endpoint-url", endpoint])
    out, err = capsys.readouterr()
    assert code == 0, err
    return json.loads(out)


def test_a_document_of_the_query_protocol_runs(
    tmp_path: Path, endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document = HEAD.format(source="rdsApi", url="../amazon-rds-openapi.yml") + DATABASE
    assert outputs(tmp_path, document, "name=db-1", endpoint, capsys) == {
        "status": "available",
        "tags": [{"Key": "team", "Value": "scans"}],
    }


BUCKET = """\
  - stepId: create
    operationId: CreateBucket
    parameters: [{name: Bucket, in: path, value: $inputs.name}]
  - stepId: tag
    operationId: putBucketTagging
    parameters: [{name: Bucket, in: path, value: $inputs.name}]
    requestBody:
      contentType: application/xml
      payload: <Tagging><TagSet><Tag><Key>of</Key><Value>{$inputs.name}</Value></Tag></TagSet></Tagging>
    successCriteria: [{condition: $statusCode == 204}]
  - stepId: put
    operationPath: '{$sourceDescriptions.s3RestApi.url}#/paths/~1{Bucket}~1{Key+}/put'
    parameters:
    - {name: Bucket, in: path, value: $inputs.name}
    - {name: Key+, in: path, value: a/b.txt}
    - {name: x-amz-meta-team, in: header, value: scans}
    requestBody: {contentType: text/plain, payload: Grüße}
    outputs: {etag: $response.header.ETag}
  - stepId: look
    operationId: ListObjectsV2
    parameters:
    - {name: Bucket, in: path, value: $inputs.name}
    - {name: list-type, in: query, value: 2}
    outputs: {keys: $response.body#/Contents/0/Key, count: $response.body#/KeyCount}
  - stepId: read
    operationId: GetObject
    parameters: [{name: Bucket, in: path, value: $inputs.name}, {name: Key+, in: path, value: a/b.txt}]
    outputs: {text: $response.body, team: $response.header.x-amz-meta-team}
  - stepId: tags
    operationId: GetBucketTagging
    parameters: [{name: Bucket, in: path, value: $inputs.name}]
    outputs: {of: $response.body#/TagSet/0/Value}
  outputs:
    key: $steps.look.outputs.keys
    count: $steps.look.outputs.count
    text: $steps.read.outputs.text
    team: $steps.read.outputs.team
    of: $steps.tags.outputs.of
"""


def test_a_document_of_s3_runs(tmp_path: Path, endpoint: str, capsys: pytest.CaptureFixture[str]) -> None:
    document = HEAD.format(source="s3RestApi", url="amazon-s3-rest-api-openapi.yml") + BUCKET
    assert outputs(tmp_path, document, "name=bucket-1", endpoint, capsys) == {
        "key": "a/b.txt",
        "count": 1,
        "text": "Grüße",
        "team": "scans",
        "of": "bucket-1",
    }


def test_a_call_to_s3_leaves_the_model_as_it_is(endpoint: str) -> None:
    operation = Operation("s3", "HeadBucket")
    AwsCaller(Settings(region="us-east-1", endpoint_url=endpoint)).call(
        operation, Request(path={"Bucket": "bucket-2"})
    )
    assert models.operation("s3", "HeadBucket").http["requestUri"] == "/{Bucket}"


TABLE = """\
  - stepId: create
    operationId: createTable
    parameters: [{name: X-Amz-Target, in: header, value: DynamoDB_20120810.CreateTable}]
    requestBody:
      contentType: application/x-amz-json-1.0
      payload:
        TableName: $inputs.name
        KeySchema: [{AttributeName: id, KeyType: HASH}]
        AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
        BillingMode: PAY_PER_REQUEST
  - stepId: poll
    operationId: describeTable
    requestBody: {contentType: application/x-amz-json-1.0, payload: {TableName: $inputs.name}}
    onSuccess:
    - name: again
      type: goto
      stepId: poll
      criteria: [{context: $response.body, type: jsonpath, condition: $.Table.TableStatus != 'ACTIVE'}]
    - {name: there, type: goto, stepId: write}
  - stepId: write
    operationId: batchWriteItem
    requestBody:
      payload: {RequestItems: {table-1: [{PutRequest: {Item: {id: {S: a}, size: {N: '1'}}}}]}}
    onSuccess:
    - name: some-are-left
      type: end
      criteria: [{context: $response.body, type: jsonpath, condition: "$.UnprocessedItems != {}"}]
    - name: all-are-written
      type: goto
      stepId: read
      criteria: [{context: $response.body, type: jsonpath, condition: "$.UnprocessedItems == {}"}]
  - stepId: read
    operationId: getItem
    requestBody: {payload: {TableName: $inputs.name, Key: {id: {S: a}}, ConsistentRead: true}}
    outputs: {item: $response.body#/Item}
  outputs: {item: $steps.read.outputs.item}
"""


def test_a_document_of_dynamodb_runs(
    tmp_path: Path, endpoint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document = HEAD.format(source="dynamodbApi", url="amazon-dynamodb-openapi.yml") + TABLE
    assert outputs(tmp_path, document, "name=table-1", endpoint, capsys) == {
        "item": {"id": {"S": "a"}, "size": {"N": "1"}}
    }
