"""The examples do what they say, each in its own folder's program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from sandbox.aws import Sandbox, serve
from tests.conftest import QUICK
from tests.e2e.harness import ROOT, PulumiCli
from tests.policies import export_role, printed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.fixtures import MakeEngine
    from tests.e2e.harness import Engine
    from tests.real_aws.account import Account

pytestmark = pytest.mark.e2e

EXAMPLES = ROOT / "examples"
ROLE = "arn:aws:iam::123456789012:role/health"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def cloud(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """An account whose caller, and whose exports' role, may do what is printed and no more."""
    callspec = getattr(request.node, "callspec", None)
    own = tuple((EXAMPLES / callspec.params["stack"][0]).glob("*.arazzo.yaml")) if callspec else ()
    with serve(speed=QUICK, policy=printed(of=own), roles={ROLE: export_role()}) as sandbox:
        yield sandbox


@pytest.fixture
def stack(make_engine: MakeEngine, account: Account, request: pytest.FixtureRequest) -> Engine:
    """The example that the test names, as a stack with its configuration."""
    name, config = request.param
    folder = EXAMPLES / name
    settings = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    files = {path.name: path.read_text() for path in folder.iterdir() if path.suffix in {".py", ".yaml"}}
    del files["Pulumi.yaml"]  # the engine's own names this interpreter
    engine = make_engine(files, project=settings["name"])
    engine.environment |= account.env
    for key, value in config.items():
        engine.set_config(key, value)
    return engine


def example(name: str, **config: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("stack", [(name, config)], indirect=True, ids=[name])


@pytest.mark.live(lake=1, images=1)
@example("smallest")
def test_the_smallest_stack_makes_both_stores_and_destroys_them(stack: Engine, account: Account) -> None:
    up = stack.up()
    assert up.exit_code == 0, up
    assert {up.outputs["imagesId"]} < {store.id for store in account.stores()}
    host = f"https://healthlake.{account.env['AWS_REGION']}.amazonaws.com"
    assert up.outputs["recordsEndpoint"].startswith(f"{host}/datastore/")
    assert stack.destroy().exit_code == 0
    assert account.stores() == []


@example(
    "smart-on-fhir",
    issuer="https://id.example.org",
    keyArn=KEY,
    tokenFunctionArn="arn:aws:lambda:us-east-1:123456789012:function:tokens",
    protect="true",
)
def test_a_smart_store_has_its_key_and_identity_provider_and_is_protected(
    stack: Engine, cloud: Sandbox
) -> None:
    up = stack.up()
    assert up.exit_code == 0, up
    (store,) = cloud.stores()
    assert store.config["SseConfiguration"]["KmsEncryptionConfig"]["KmsKeyId"] == KEY
    assert store.config["IdentityProviderConfiguration"]["AuthorizationStrategy"] == "SMART_ON_FHIR"
    assert stack.destroy().exit_code != 0
    assert [left.id for left in cloud.stores()] == [store.id]


@example("export-on-demand", exportS3Uri="s3://exports/out", exportKeyId="alias/exports", exportRoleArn=ROLE)
def test_an_export_is_run_again_when_its_trigger_changes_and_only_then(stack: Engine, cloud: Sandbox) -> None:
    preview = stack.preview()
    assert preview.exit_code == 0, preview
    first = stack.up()
    assert first.exit_code == 0, first
    assert first.outputs["jobStatus"] == "COMPLETED"
    assert first.outputs["output"]["s3_configuration"]["s3_uri"].startswith("s3://exports/out")
    assert stack.up().outputs["jobId"] == first.outputs["jobId"]
    stack.set_config("exportRun", "second")
    second = stack.up()
    assert second.exit_code == 0, second
    assert [job.id for job in cloud.jobs()] == [first.outputs["jobId"], second.outputs["jobId"]]
    assert len(cloud.stores()) == 1


fhir_import = example(
    "fhir-import",
    importS3Uri="s3://imports/in",
    logS3Uri="s3://imports/log",
    keyId="alias/imports",
    roleArn=ROLE,
)


@fhir_import
def test_the_policy_of_the_resources_alone_does_not_let_an_import_run(stack: Engine, cloud: Sandbox) -> None:
    cloud.allow(printed())
    up = stack.up()
    assert up.exit_code != 0
    assert "healthlake:StartFHIRImportJob" in f"{up}"


@fhir_import
def test_an_import_runs_as_its_own_document_says(stack: Engine, cloud: Sandbox) -> None:
    preview = stack.preview()
    assert preview.exit_code == 0, preview
    up = stack.up()
    assert up.exit_code == 0, up
    (job,) = cloud.jobs()
    assert (up.outputs["importJobId"], up.outputs["importStatus"]) == (job.id, "COMPLETED")
    assert up.resource("patients")["id"] == job.id
    refresh = stack.refresh()
    assert refresh.exit_code == 0, refresh
    assert len(cloud.journal("StartFHIRImportJob")) == 1


def named(folder: Path) -> Path:
    """A folder with a pulumi on it that tells its version; one built from source may tell none.

    The Automation API works only with one that does. The one told in its place is old, so that nothing is
    asked that it lacks.
    """
    cli = shutil.which("pulumi")
    told = subprocess.run(["pulumi", "version"], capture_output=True, text=True, check=True).stdout.strip()
    script = folder / "pulumi"
    folder.mkdir()
    script.write_text(
        f'#!/bin/sh\nif [ "$1" = version ]; then echo {told or "v3.200.0"}; else exec "{cli}" "$@"; fi\n'
    )
    script.chmod(0o755)
    return folder


@pytest.mark.real
def test_the_automation_api_brings_a_stack_up_and_tells_the_progress(cloud: Sandbox, tmp_path: Path) -> None:
    if not PulumiCli.found():
        pytest.skip("the pulumi CLI, which the Automation API needs, is not on PATH")
    (tmp_path / "backend").mkdir()
    venv = str(Path(sys.executable).parent)
    elsewhere = [folder for folder in os.environ["PATH"].split(os.pathsep) if folder != venv]
    environment = {
        **os.environ,
        **cloud.env,
        "PYTHONPATH": str(ROOT),
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'backend'}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PATH": os.pathsep.join([str(named(tmp_path / "bin")), *elsewhere]),
    }

    def run(command: str) -> str:
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / "automation-api"), command],
            cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    told = run("up")
    assert "progress: images: pollDatastore" in told
    assert "done: create images" in told
    assert "imagesStatus: ACTIVE" in told
    assert len(cloud.stores()) == 1
    assert "done: delete images" in run("destroy")
    assert cloud.stores() == []


def test_every_example_is_tested() -> None:
    tested = Path(__file__).read_text()
    folders = [path.name for path in EXAMPLES.iterdir() if (path / "__main__.py").exists()]
    assert len(folders) == 5
    assert [name for name in folders if f'"{name}"' not in tested] == []
