"""The resource options, each as the CLI takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox_engine.conftest import MakeLab

COMPONENT = """
class Group(pulumi.ComponentResource):
    def __init__(self, name, **options):
        super().__init__("things:index:Group", name, None, ResourceOptions(**options))
        self.inner = Thing(f"{name}-inner", label="inner", value="x", opts=ResourceOptions(parent=self))
        self.register_outputs({"inner": self.inner.made})
"""
BEFORE = """
a = Thing("a", value="1")
Thing("b", value=a.made)
Thing("after", value="x", opts=ResourceOptions(depends_on=[Group("group")]))
"""
RENAMED = """
a = Thing("a2", label="a", value="1", opts=ResourceOptions(aliases=[pulumi.Alias(name="a")]))
group = Group("new", aliases=[pulumi.Alias(name="group")])
"""
AFTER = """
Thing("b", value=a.made)
Thing("after", value="x", opts=ResourceOptions(depends_on=[group]))
"""


def test_components_have_children_and_both_can_be_renamed(make_lab: MakeLab) -> None:
    lab = make_lab(COMPONENT + BEFORE)
    up = lab.engine.up()
    assert (up.exit_code, up.changes) == (0, {"create": 6}), up
    assert up.resource("group")["outputs"] == {"inner": "made-None"}
    types = up.resource("group-inner")["urn"].split("::")[2]
    assert types == "things:index:Group$pulumi-python:dynamic/things:Thing"
    assert up.resource("group-inner")["parent"] == up.resource("group")["urn"]
    assert up.order("create").index("group-inner") < up.order("create").index("after")

    # Not before the child is there: no alias leads from a child to a component that is renamed already.
    lab.write(COMPONENT + RENAMED + "pulumi.Output.all(a.made, group.inner.made).apply(lambda made: 1 / 0)")
    broken = lab.engine.up()
    assert broken.exit_code == 1, broken
    assert broken.resource("b")["dependencies"] == [broken.resource("a2")["urn"]]

    lab.write(COMPONENT + RENAMED + AFTER)
    renamed = lab.engine.up()
    assert (renamed.exit_code, renamed.changes) == (0, {"same": 6}), renamed
    assert sorted(renamed.names()) == ["a2", "after", "b", "new", "new-inner"]

    lab.write(COMPONENT)
    gone = lab.engine.up()
    assert gone.exit_code == 0, gone
    order = gone.order("delete")
    assert order.index("after") < order.index("new-inner") < order.index("new")
    assert order.index("b") < order.index("a2")


CHANGING = """
Thing("a", value=VALUE, opts=ResourceOptions(ignore_changes=["value"]))
within = ResourceOptions(ignore_changes=["items.x", "items.y[1]"])
Thing("b", items={"x": VALUE, "y": ["1", VALUE]}, opts=within)
Thing("c", items={"x": "1", "y": VALUE}, opts=ResourceOptions(ignore_changes=["items.x"]))
Thing("d", key=VALUE, opts=ResourceOptions(delete_before_replace=True))
e = Thing("e", key=VALUE, delete_first=True, opts=ResourceOptions(delete_before_replace=False))
g = Thing("g", plain=VALUE, value=VALUE, opts=ResourceOptions(replace_on_changes=["plain"]))
Thing("f", value="1", opts=ResourceOptions(replace_on_changes=["#initerror"], depends_on=[e, g]))
timeouts = pulumi.CustomTimeouts(create="1m30s", update="2m", delete="1h")
Thing("t", value=VALUE, opts=ResourceOptions(custom_timeouts=timeouts))
"""


def test_options_bear_on_changes(make_lab: MakeLab) -> None:
    lab = make_lab(CHANGING.replace("VALUE", '"1"'))
    lab.order(create_f="init")
    first = lab.engine.up()
    assert first.exit_code == 1, first
    assert first.resource("t")["customTimeouts"] == {"create": 90, "update": 120, "delete": 3600}

    lab.order()
    lab.write(CHANGING.replace("VALUE", '"2"'))
    second = lab.engine.up()
    assert second.exit_code == 0, second
    assert [second.steps(name) for name in "abc"] == [["same"], ["same"], ["update"]]
    assert second.resource("a")["inputs"]["value"] == "1"
    assert second.steps("d") == ["delete-replaced", "replace", "create-replacement"]
    assert second.steps("e") == ["create-replacement", "replace", "delete-replaced"]
    assert second.steps("f") == ["create-replacement", "replace", "delete-replaced"]
    # The provider says that something changed but not what: nothing that is named is known to have changed.
    assert second.steps("g") == ["update"]

    assert lab.engine.destroy().exit_code == 0
    assert [lab.calls(verb, "t")[0]["timeout"] for verb in ("create", "update", "delete")] == [90, 120, 3600]


def test_options_bear_on_deletions(make_lab: MakeLab) -> None:
    lab = make_lab("""
Thing("guarded", key="1", opts=ResourceOptions(protect=True))
Thing("kept", value="1", opts=ResourceOptions(retain_on_delete=True))
root = Thing("root", value="1")
Thing("leaf", value="1", opts=ResourceOptions(deleted_with=root))
""")
    assert lab.engine.up().exit_code == 0
    destroyed = lab.engine.destroy()
    assert (destroyed.exit_code, destroyed.changes) == (1, {"delete": 3}), destroyed
    assert "because it is protected" in destroyed.text
    assert destroyed.names() == ["guarded"]
    assert lab.things() == ["guarded", "kept", "leaf"]
    assert [call["name"] for call in lab.calls("delete")] == ["root"]

    lab.write('Thing("guarded", key="2", opts=ResourceOptions(protect=True))')
    refused = lab.engine.up()
    assert refused.exit_code == 1, refused
    assert "as it is currently marked for protection" in refused.text
    preview = lab.engine.preview()
    assert preview.exit_code == 1, preview
    assert preview.steps("guarded") == ["create-replacement", "replace", "delete-replaced"]

    lab.write('Thing("guarded", key="2")')
    assert lab.engine.up().exit_code == 0


def test_existing_resources_are_read_taken_over_and_given_up(make_lab: MakeLab) -> None:
    made = 'made = Thing("made", value="7")\n'
    lab = make_lab(made + 'pulumi.export("id", made.id)')
    id_ = lab.engine.up().outputs["id"]

    read = f'it = Thing("it", value=None, opts=ResourceOptions(id="{id_}"))\n'
    user = 'Thing("user", value=it.made)\npulumi.export("value", it.value)\n'
    lab.write(made + read + user)
    found = lab.engine.up()
    assert found.exit_code == 0, found
    assert found.outputs == {"value": "7"}
    assert found.steps("it") == ["read"]
    assert found.resource("it")["external"] is True
    assert found.resource("user")["dependencies"] == [found.resource("it")["urn"]]

    lab.write(made)
    dropped = lab.engine.up()
    assert (dropped.exit_code, dropped.steps("it")) == (0, ["discard"]), dropped

    lab.write(made + read)
    assert lab.engine.up().exit_code == 0
    lab.write(made + 'Thing("it", value="8")')
    taken = lab.engine.up()
    assert taken.exit_code == 0, taken
    assert taken.steps("it") == ["create-replacement", "replace", "discard-replaced"]
    lab.write(made + read)
    given_up = lab.engine.up()
    assert given_up.exit_code == 0, given_up
    assert given_up.steps("it") == ["read-replacement", "replace", "delete-replaced"]
    assert lab.things() == ["made"]
