"""States go from one engine to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.fixtures import MakeEngine
from tests.e2e.harness import PulumiCli, SandboxEngine
from tests.sandbox_engine.conftest import Lab

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
secret = pulumi.Config().require_secret("word")
class Group(pulumi.ComponentResource):
    def __init__(self, name, **options):
        super().__init__("things:index:Group", name, None, ResourceOptions(**options))
        self.inner = Thing(f"{name}-inner", value=secret, opts=ResourceOptions(parent=self))
        self.register_outputs({"inner": self.inner.made})
patient = ResourceOptions(protect=True, custom_timeouts=pulumi.CustomTimeouts(create="5m"))
a = Thing("a", value="1", key="1", opts=patient)
group = Group("group", depends_on=[a])
careless = ResourceOptions(ignore_changes=["items"], retain_on_delete=True, depends_on=[group])
b = Thing("b", value=a.made, delete_first=True, key="1", opts=careless)
pulumi.export("value", b.value)
"""


@pytest.mark.real
@pytest.mark.skipif(not PulumiCli.found(), reason="the pulumi CLI is not on PATH")
def test_states_are_taken_over_by_the_other_engine(tmp_path: Path) -> None:
    labs = [Lab(_make(kind, tmp_path), tmp_path / kind.name, PROGRAM) for kind in (SandboxEngine, PulumiCli)]
    for lab in labs:
        lab.engine.environment["THINGS"] = str(labs[0].folder)
        lab.engine.set_config("word", "hush", secret=True)
    sandbox, cli = (lab.engine for lab in labs)
    try:
        labs[0].order(create_b="init")
        made = sandbox.up()
        assert made.resource("b")["initErrors"], made
        cli.import_deployment({"version": 3, "deployment": made.deployment})
        labs[0].order()
        taken = cli.up()
        assert taken.changes == {"same": 4, "update": 1}, taken
        assert taken.outputs == {"value": "made-1"}
        sandbox.import_deployment({"version": 3, "deployment": taken.deployment})
        back = sandbox.up()
        assert back.changes == {"same": 5}, back
        assert back.exit_code == 0
        _compare(back.resources, taken.resources)
    finally:
        sandbox.close()
        cli.close()


def _make(kind: type[SandboxEngine | PulumiCli], folder: Path) -> MakeEngine:
    return lambda program, *, project="e2e", stack="dev": kind(
        folder / f"{kind.name}-engine", program, project=project, stack=stack
    )


def _compare(ours: object, theirs: object) -> None:
    """The same keys and values, but for times and for where in the program a resource comes from."""
    assert _essence(ours) == _essence(theirs)


def _essence(resources: object) -> object:
    assert isinstance(resources, list)
    left_out = {"created", "modified", "sourcePosition", "stackTrace"}
    kept = [{key: value for key, value in resource.items() if key not in left_out} for resource in resources]
    for resource in kept:
        resource["dependencies"] = sorted(resource.get("dependencies", []))
    return sorted(kept, key=lambda resource: str(resource["urn"]))
