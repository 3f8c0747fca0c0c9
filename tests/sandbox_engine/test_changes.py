"""What an up does to resources: nothing, create, update, replace in either order, delete."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox_engine.conftest import MakeLab

by_urn = itemgetter("urn")

FIRST = """
a = Thing("a", key="1", value="x")
b = Thing("b", value=a.made)
c = Thing("c", key=a.made)
d = Thing("d", value="x", opts=ResourceOptions(depends_on=[c]))
pulumi.export("made", b.made)
"""


def test_resources_are_created_left_updated_replaced_and_deleted(make_lab: MakeLab) -> None:
    lab = make_lab(FIRST)
    up = lab.engine.up()
    assert (up.exit_code, up.changes) == (0, {"create": 5}), up
    assert up.outputs == {"made": "made-None"}
    assert lab.things() == ["a", "b", "c", "d"]
    order = up.order("create")
    assert order.index("a") < min(order.index("b"), order.index("c"))
    assert order.index("c") < order.index("d")

    again = lab.engine.up()
    assert (again.exit_code, again.changes) == (0, {"same": 5}), again
    assert sorted(again.resources, key=by_urn) == sorted(up.resources, key=by_urn)

    lab.write(FIRST.replace('"x"', '"y"').replace('key="1"', 'key="2"').replace("pulumi.export", "#"))
    changed = lab.engine.up()
    assert changed.exit_code == 0, changed
    assert changed.changes == {"same": 1, "replace": 2, "update": 2}
    assert changed.steps("a") == ["create-replacement", "replace", "delete-replaced"]
    assert changed.steps("c") == ["create-replacement", "replace", "delete-replaced"]
    assert changed.steps("b") == changed.steps("d") == ["update"]
    assert changed.order("delete-replaced") == ["c", "a"]
    assert lab.things() == ["a", "b", "c", "d"]
    assert changed.outputs == {}

    lab.write('Thing("d", value="y")')
    less = lab.engine.up()
    assert (less.exit_code, less.changes) == (0, {"same": 2, "delete": 3}), less
    assert less.order("delete").index("b") < less.order("delete").index("a")
    assert lab.things() == less.names() == ["d"]

    gone = lab.engine.destroy()
    assert (gone.exit_code, gone.changes) == (0, {"delete": 2}), gone
    assert (lab.things(), gone.resources) == ([], [])


def test_a_resource_that_is_deleted_first_takes_its_dependents_along(make_lab: MakeLab) -> None:
    program = """
a = Thing("a", key="1", delete_first=True)
b = Thing("b", key=a.made)
c = Thing("c", value=a.made)
d = Thing("d", value="x", opts=ResourceOptions(depends_on=[a]))
e = Thing("e", key=b.made)
"""
    lab = make_lab(program)
    assert lab.engine.up().exit_code == 0
    lab.write(program.replace('"1"', '"2"'))
    planned = lab.engine.preview()
    assert planned.steps("b") == ["delete-replaced", "replace", "create-replacement"], planned
    replaced = lab.engine.up()
    assert (replaced.exit_code, replaced.changes) == (0, {"same": 2, "replace": 3, "update": 1}), replaced
    for name in ("a", "b", "e"):
        assert replaced.steps(name) == ["delete-replaced", "replace", "create-replacement"]
    assert (replaced.steps("c"), replaced.steps("d")) == (["update"], ["same"])
    assert replaced.order("delete-replaced") == ["e", "b", "a"]
    assert sorted(replaced.names()) == lab.things() == ["a", "b", "c", "d", "e"]


def test_a_replacement_that_failed_half_way_is_taken_up_again(make_lab: MakeLab) -> None:
    program = 'Thing("first", key="{}", delete_first=True)\n'
    after = 'Thing("after", key="{}")\n'
    lab = make_lab(program.format(1) + after.format(1))
    assert lab.engine.up().exit_code == 0

    lab.order(create_first="fail")
    lab.write(program.format(2))
    deleted = lab.engine.up()
    assert deleted.exit_code == 1, deleted
    assert deleted.resource("first")["pendingReplacement"] is True
    assert lab.things() == ["after"]

    lab.order(delete_after="fail")
    lab.write(program.format(2) + after.format(2))
    created = lab.engine.up()
    assert created.exit_code == 1, created
    assert created.steps("first") == ["replace", "create-replacement"]
    both = [resource for resource in created.resources if resource["urn"].endswith("::after")]
    assert [bool(resource.get("delete")) for resource in both] == [False, True]

    lab.order(create_first="fail")
    lab.write(program.format(3) + after.format(2))
    assert lab.engine.up().exit_code == 1

    lab.order()
    lab.write(after.format(2))
    done = lab.engine.up()
    assert done.exit_code == 0, done
    assert done.steps("after") == ["same", "delete-replaced"]
    assert done.steps("first") == ["remove-pending-replace"]
    assert lab.things() == done.names() == ["after"]
