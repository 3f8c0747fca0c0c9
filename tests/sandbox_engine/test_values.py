"""What travels: unknowns, secrets, configuration, and what the requests to the provider hold."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tests.e2e.states import in_clear, is_secret

if TYPE_CHECKING:
    from tests.sandbox_engine.conftest import MakeLab

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
STACK = "urn:pulumi:dev::e2e::pulumi:pulumi:Stack::e2e-dev"
TYPE = "pulumi-python:dynamic/things:Thing"


def test_a_preview_passes_unknowns_on(make_lab: MakeLab) -> None:
    lab = make_lab("""
a = Thing("a", value="1")
b = Thing("b", value=a.made, items=["x", a.id])
pulumi.export("made", b.made)
pulumi.export("known", a.value)
""")
    preview = lab.engine.preview()
    assert (preview.exit_code, preview.changes) == (0, {"create": 3}), preview
    (check,) = lab.calls("check", "b")
    assert check["news"]["value"] == UNKNOWN
    assert check["news"]["items"] == ["x", UNKNOWN]
    assert "made" not in check["news"]
    assert lab.engine.up().exit_code == 0
    lab.forget_calls()
    lab.write("""
a = Thing("a", value="2", key="new")
b = Thing("b", value=a.made, items=["x", a.id])
""")
    assert lab.engine.preview().exit_code == 0
    (diff,) = lab.calls("diff", "b")
    assert diff["news"]["value"] == UNKNOWN
    assert diff["olds"]["value"] == "made-None"


def test_requests_hold_what_the_cli_puts_into_them(make_lab: MakeLab) -> None:
    lab = make_lab('Thing("a", value="1", key="1")')
    assert lab.engine.up().exit_code == 0
    lab.write('Thing("a", value="2", key="1", opts=ResourceOptions(ignore_changes=["key"]))')
    assert lab.engine.up().exit_code == 0
    assert lab.engine.refresh().exit_code == 0
    assert lab.engine.destroy().exit_code == 0
    subject = {"urn": f"urn:pulumi:dev::e2e::{TYPE}::a", "name": "a", "type": TYPE}
    id_ = lab.calls("delete")[0]["id"]
    provider = lab.calls("create")[0]["properties"]["__provider"]
    first = {"__provider": provider, "label": "a", "value": "1", "key": "1"}
    second = {**first, "value": "2"}
    made = {"made": "made-1"}

    checks = lab.calls("check")
    assert [len(base64.b64decode(check.pop("randomSeed"))) for check in checks] == [32, 32]
    assert checks == [{**subject, "olds": {}, "news": first}, {**subject, "olds": first, "news": second}]
    (create,) = lab.calls("create")
    assert relevant(create) == {**subject, "properties": first}
    drifts = {**subject, "id": id_, "ignoreChanges": ["key"]}
    assert lab.calls("diff") == [
        {**drifts, "olds": first | made, "oldInputs": first, "news": second},
        {**drifts, "olds": second | made, "oldInputs": second, "news": second},
    ]
    (update,) = lab.calls("update")
    assert relevant(update) == {**drifts, "olds": first | made, "oldInputs": first, "news": second}
    (read,) = lab.calls("read")
    assert relevant(read) == {**subject, "id": id_, "properties": second | made, "inputs": second}
    (delete,) = lab.calls("delete")
    assert relevant(delete) == {**subject, "id": id_, "properties": second | made, "oldInputs": second}


def relevant(request: dict[str, object]) -> dict[str, object]:
    """Without what a dynamic provider has no use for: the views of a resource."""
    return {key: value for key, value in request.items() if not key.startswith("resourceStatus")}


KINDS = {"a": {"b": [1, 2.5, True, "x"]}, "c": [[], {}, ""], "d": 0, "e": 10**12}


def test_secrets_stay_secret_and_other_values_what_they_are(make_lab: MakeLab) -> None:
    lab = make_lab(f"""
secret = pulumi.Config().require_secret("word")
options = ResourceOptions(additional_secret_outputs=["made"])
a = Thing("a", value=secret, items={{"plain": {KINDS}, "hidden": secret}}, opts=options)
b = Thing("b", value=a.made)
pulumi.export("value", a.value)
pulumi.export("made", a.made)
pulumi.export("kinds", Thing("c", value={KINDS}).value)
""")
    lab.engine.set_config("word", "hush-hush", secret=True)
    up = lab.engine.up()
    assert up.exit_code == 0, up
    assert "hush-hush" not in up.text
    assert "[secret]" in up.text
    a = up.resource("a")
    assert is_secret(a["inputs"]["value"])
    assert is_secret(a["outputs"]["value"])
    assert is_secret(a["outputs"]["made"])
    assert not is_secret(a["outputs"]["items"])
    assert is_secret(a["outputs"]["items"]["hidden"])
    assert is_secret(up.resource("b")["outputs"]["value"])
    assert up.outputs == {"value": "hush-hush", "made": "made-None", "kinds": KINDS}
    assert lab.calls("create", "a")[0]["properties"]["value"] == "hush-hush"
    again = lab.engine.up()
    assert again.changes == {"same": 4}, again
    refreshed = lab.engine.refresh()
    assert refreshed.changes == {"same": 4}, refreshed
    assert is_secret(refreshed.resource("a")["outputs"]["value"])
    assert in_clear(refreshed.resource("a")["outputs"]["items"]) == {"plain": KINDS, "hidden": "hush-hush"}


CONFIGURED = """
from configured import Configured
config = pulumi.Config()
pulumi.export("plain", config.require("plain"))
pulumi.export("object", config.require_object("object"))
pulumi.export("region", pulumi.Config("aws").require("region"))
pulumi.export("names", [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization()])
pulumi.export("is_secret", Configured("it").seen)
"""
PROVIDER = """
import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, ResourceProvider
class Provider(ResourceProvider):
    serialize_as_secret_always = False
    def configure(self, req):
        self.seen = [req.config.get("aws:region"), req.config.get("e2e:word"), req.config.get("plain")]
    def create(self, props):
        return CreateResult("it", {"seen": self.seen})
    def read(self, id_, props):
        return ReadResult(id_, {"seen": self.seen})
class Configured(Resource, module="things", name="Configured"):
    seen: pulumi.Output[list]
    def __init__(self, name):
        super().__init__(Provider(), name, {"seen": None})
"""


def test_configuration_reaches_the_program_and_the_provider(make_lab: MakeLab) -> None:
    lab = make_lab(CONFIGURED)
    lab.engine.write({"configured.py": PROVIDER})
    lab.engine.set_config("plain", "text")
    lab.engine.set_config("aws:region", "eu-west-1")
    lab.engine.set_config("word", "hush", secret=True)
    lab.engine.set_config("object", {"a": [1, "2"]})
    up = lab.engine.up()
    assert up.exit_code == 0, up
    assert up.outputs == {
        "plain": "text",
        "object": {"a": [1, "2"]},
        "region": "eu-west-1",
        "names": ["e2e", "dev", "organization"],
        "is_secret": ["eu-west-1", "hush", "text"],
    }
    lab.engine.set_config("aws:region", "us-east-1")
    changed = lab.engine.up()
    assert (changed.exit_code, changed.changes) == (0, {"same": 2}), changed
    (provider,) = [
        r for r in changed.deployment["resources"] if r["type"] == "pulumi:providers:pulumi-python"
    ]
    assert is_secret(provider["inputs"]["e2e:word"])
    assert provider["inputs"]["aws:region"] == provider["outputs"]["aws:region"] == "us-east-1"
    lab.engine.set_config("aws:region", "of no update yet")
    refreshed = lab.engine.refresh()
    assert refreshed.exit_code == 0, refreshed
    assert refreshed.resource("it")["outputs"]["seen"][0] == "us-east-1"
