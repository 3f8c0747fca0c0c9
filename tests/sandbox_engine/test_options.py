"""The resource options, each as the CLI takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox_engine.conftest import MakeLab

COMPONENTS = """
class Group(pulumi.ComponentResource):
    def __init__(self, name, **options):
        super().__init__("things:index:Group", name, None, ResourceOptions(**options))
        self.inner = Thing(f"{name}-inner", value="x", opts=ResourceOptions(parent=self))
        self.register_outputs({"inner": self.inner.made})
"""


def test_components_have_children_and_outputs(make_lab: MakeLab) -> None:
    lab = make_lab(
        COMPONENTS + 'Thing("after", value="x", opts=ResourceOptions(depends_on=[Group("group")]))'
    )
    up = lab.engine.up()
    assert (up.exit_code, up.changes) == (0, {"create": 4}), up
    assert up.resource("group")["outputs"] == {"inner": "made-None"}
    types = up.resource("group-inner")["urn"].split("::")[2]
    assert types == "things:index:Group$pulumi-python:dynamic/things:Thing"
    assert up.resource("group-inner")["parent"] == up.resource("group")["urn"]
    assert up.order("create").index("group-inner") < up.order("create").index("after")
    lab.write(COMPONENTS)
    gone = lab.engine.up()
    assert gone.exit_code == 0, gone
    assert gone.order("delete") == ["after", "group-inner", "group"]


def test_aliases_rename_without_a_replacement(make_lab: MakeLab) -> None:
    lab = make_lab(COMPONENTS + 'a = Thing("a", value="1")\nThing("b", value=a.made)\nGroup("old")')
    assert lab.engine.up().exit_code == 0
    renamed = """
a = Thing("a2", value="1", label="a", opts=ResourceOptions(aliases=[pulumi.Alias(name="a")]))
Thing("b", value=a.made)
Group("new", aliases=[pulumi.Alias(name="old")])
"""
    lab.write(COMPONENTS.replace('value="x"', 'value="x", label="old-inner"') + renamed)
    outcome = lab.engine.up()
    assert (outcome.exit_code, outcome.changes) == (0, {"same": 5}), outcome
    assert sorted(outcome.names()) == ["a2", "b", "new", "new-inner"]
    assert outcome.resource("b")["dependencies"] == [outcome.resource("a2")["urn"]]
    assert lab.engine.destroy().exit_code == 0
    assert lab.things() == []


def test_changes_are_ignored_and_force_replacements_where_asked(make_lab: MakeLab) -> None:
    program = """
Thing("a", value=VALUE, opts=ResourceOptions(ignore_changes=["value"]))
within = ResourceOptions(ignore_changes=["items.x", "items.y[1]"])
Thing("b", items={"x": VALUE, "y": ["1", VALUE]}, opts=within)
Thing("c", items={"x": "1", "y": VALUE}, opts=ResourceOptions(ignore_changes=["items.x"]))
Thing("d", key=VALUE, opts=ResourceOptions(delete_before_replace=True))
Thing("e", key=VALUE, delete_first=True, opts=ResourceOptions(delete_before_replace=False))
"""
    lab = make_lab(program.replace("VALUE", '"1"'))
    assert lab.engine.up().exit_code == 0
    lab.write(program.replace("VALUE", '"2"'))
    outcome = lab.engine.up()
    assert outcome.exit_code == 0, outcome
    assert (outcome.steps("a"), outcome.steps("b"), outcome.steps("c")) == (["same"], ["same"], ["update"])
    assert outcome.resource("a")["inputs"]["value"] == "1"
    assert outcome.steps("d") == ["delete-replaced", "replace", "create-replacement"]
    assert outcome.steps("e") == ["create-replacement", "replace", "delete-replaced"]


def test_replace_on_changes_applies_to_init_errors_and_named_changes(make_lab: MakeLab) -> None:
    program = """
options = ResourceOptions(replace_on_changes=["plain", "#initerror"])
Thing("a", value=VALUE, plain=VALUE, opts=options)
"""
    lab = make_lab(program.replace("VALUE", '"1"'))
    lab.order(create_a="init")
    assert lab.engine.up().exit_code == 1
    lab.order()
    outcome = lab.engine.up()
    assert outcome.exit_code == 0, outcome
    assert outcome.steps("a") == ["create-replacement", "replace", "delete-replaced"]
    lab.write(program.replace("VALUE", '"2"'))
    # The provider says that something changed but not what: nothing that is named is known to have changed.
    assert lab.engine.up().steps("a") == ["update"]


def test_protected_resources_are_neither_deleted_nor_replaced(make_lab: MakeLab) -> None:
    lab = make_lab('Thing("a", key="1", opts=ResourceOptions(protect=True))\nThing("b", key="1")')
    assert lab.engine.up().exit_code == 0
    destroyed = lab.engine.destroy()
    assert destroyed.exit_code == 1, destroyed
    assert "because it is protected" in destroyed.text
    assert lab.things() == destroyed.names() == ["a"]
    lab.write('Thing("a", key="2", opts=ResourceOptions(protect=True))')
    replaced = lab.engine.up()
    assert replaced.exit_code == 1, replaced
    assert "as it is currently marked for protection" in replaced.text
    preview = lab.engine.preview()
    assert preview.exit_code == 1, preview
    assert preview.steps("a") == ["create-replacement", "replace", "delete-replaced"]
    lab.write('Thing("a", key="2")')
    assert lab.engine.up().exit_code == 0
    assert lab.engine.destroy().exit_code == 0


def test_retained_resources_and_those_deleted_with_others_are_left_to_themselves(make_lab: MakeLab) -> None:
    lab = make_lab("""
a = Thing("a", value="1", opts=ResourceOptions(retain_on_delete=True))
b = Thing("b", value="1")
c = Thing("c", value="1", opts=ResourceOptions(deleted_with=b))
""")
    assert lab.engine.up().exit_code == 0
    outcome = lab.engine.destroy()
    assert (outcome.exit_code, outcome.changes) == (0, {"delete": 4}), outcome
    assert lab.things() == ["a", "c"]
    assert [call["urn"].rsplit("::")[-1] for call in lab.calls("delete")] == ["b"]


def test_existing_resources_are_read_and_never_deleted(make_lab: MakeLab) -> None:
    lab = make_lab('made = Thing("made", value="7")\npulumi.export("id", made.id)')
    id_ = lab.engine.up().outputs["id"]
    read = f'Thing("made", value="7")\nfound = Thing("found", value=None, opts=ResourceOptions(id="{id_}"))\n'
    lab.write(read + 'pulumi.export("value", found.value)\nThing("user", value=found.made)')
    outcome = lab.engine.up()
    assert outcome.exit_code == 0, outcome
    assert outcome.outputs == {"value": "7"}
    assert outcome.steps("found") == ["read"]
    assert outcome.resource("found")["external"] is True
    assert outcome.resource("user")["dependencies"] == [outcome.resource("found")["urn"]]
    assert lab.engine.up().changes == {"same": 3}
    lab.write('Thing("made", value="7")')
    dropped = lab.engine.up()
    assert dropped.exit_code == 0, dropped
    assert dropped.steps("found") == ["discard"]
    assert lab.things() == ["made"]


def test_a_read_resource_can_be_taken_over_and_given_up(make_lab: MakeLab) -> None:
    lab = make_lab('made = Thing("made", value="7")\npulumi.export("id", made.id)')
    id_ = lab.engine.up().outputs["id"]
    lab.write(f'Thing("made", value="7")\nThing("it", opts=ResourceOptions(id="{id_}"))')
    assert lab.engine.up().exit_code == 0
    lab.write('Thing("made", value="7")\nThing("it", value="8")')
    taken = lab.engine.up()
    assert taken.exit_code == 0, taken
    assert taken.steps("it") == ["create-replacement", "replace", "discard-replaced"]
    lab.write(f'Thing("made", value="7")\nThing("it", opts=ResourceOptions(id="{id_}"))')
    given_up = lab.engine.up()
    assert given_up.exit_code == 0, given_up
    assert given_up.steps("it") == ["read-replacement", "replace", "delete-replaced"]
    assert lab.things() == ["made"]


@pytest.mark.parametrize("timeouts", ['create="1m30s", update="2m", delete="1h"'])
def test_timeouts_reach_the_provider_in_seconds(make_lab: MakeLab, timeouts: str) -> None:
    options = f"ResourceOptions(custom_timeouts=pulumi.CustomTimeouts({timeouts}))"
    lab = make_lab(f'Thing("a", value="1", opts={options})')
    up = lab.engine.up()
    assert up.resource("a")["customTimeouts"] == {"create": 90, "update": 120, "delete": 3600}
    lab.write(f'Thing("a", value="2", opts={options})')
    assert lab.engine.up().exit_code == 0
    assert lab.engine.destroy().exit_code == 0
    seconds = [lab.calls(verb)[0]["timeout"] for verb in ("create", "update", "delete")]
    assert seconds == [90, 120, 3600]
