"""The edits of a program: functions of the program, two numbers that choose, and what is the case. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from tests.faults.schedules.programs import SORTS, Declared, Program, fresh, renamed

NAMES: Final = ("a", "b", "c", "d")
MOST: Final = 3
"""How many resources a program has at most."""


@dataclass(frozen=True)
class Facts:
    """What an edit may have to know.

    Attributes:
        sorts: The sorts of resources that there are.
        held: The ids that the state has, by the program's names.
        others: Others' stores that can be adopted, by sort.
        answered: Stores whose answer came into no state, by the names of the resources they were made for.
    """

    sorts: Sequence[str]
    held: Mapping[str, str]
    others: Mapping[str, Sequence[str]]
    answered: Mapping[str, str]


Edit = Callable[[Program, int, int, Facts], Program | None]


def _chosen(choices: Sequence[Any], number: int) -> Any:
    return choices[number % len(choices)] if choices else None


def _on_one(change: Callable[[Declared, int], Declared]) -> Edit:
    """Return an edit of one resource."""

    def edit(program: Program, which: int, to: int, _facts: Facts) -> Program | None:
        name = _chosen(list(program), which)
        return None if name is None else {**program, name: change(program[name], to)}

    return edit


def _set(each: Declared, to: int, rows: Mapping[str, Sequence[Any]]) -> Declared:
    name = _chosen(list(rows), to)
    return each if name is None else each.having(name, _chosen(rows[name], to // len(rows)))


def _tags(each: Declared, to: int) -> Declared:
    return each.having("tags", _chosen(SORTS[each.sort].updating["tags"], to))


def _export(each: Declared, to: int) -> Declared:
    values = SORTS[each.sort].updating.get("export")
    return each if values is None else each.having("export", _chosen(values, to))


def _drop(each: Declared, to: int) -> Declared:
    sort = SORTS[each.sort]
    free = each.props.keys() - sort.props.keys()
    name = _chosen([name for name in (*sort.replacing, *sort.updating) if name in free], to)
    return each if name is None else each.having(name, None)


def _ignore(each: Declared, to: int) -> Declared:
    """Ignore a property and change it at once; or, where one is ignored, take it seriously again."""
    if each.ignored:
        return replace(each, ignored=())
    sort = SORTS[each.sort]
    rows = {**sort.replacing, **sort.updating}
    name = _chosen(list(rows), to)
    return replace(_set(each, to, {name: rows[name]}), ignored=(name,))


def _rename(program: Program, which: int, to: int, *, aliased: bool) -> Program | None:
    old = _chosen(list(program), which)
    new = _chosen([name for name in NAMES if name not in program], to)
    return None if old is None or new is None else renamed(program, old, new, aliased=aliased)


def _rename_and_adopt(program: Program, which: int, to: int, facts: Facts) -> Program | None:
    old = _chosen([name for name in program if name in facts.held], which)
    edited = None if old is None else _rename(program, list(program).index(old), to, aliased=False)
    if edited is None or _is_adopted(program, facts.held[old], but=old):
        return None
    new = next(name for name in edited if name not in program)
    return {**edited, new: edited[new].having("adopt", facts.held[old])}


def _remove(program: Program, which: int, _to: int, _facts: Facts) -> Program | None:
    gone = _chosen(list(program), which)
    return None if gone is None else {name: each for name, each in program.items() if name != gone}


def _add(program: Program, which: int, to: int, facts: Facts) -> Program | None:
    name = _chosen([name for name in NAMES if name not in program], to)
    if len(program) >= MOST or name is None:
        return None
    return {**program, name: fresh(_chosen(facts.sorts, which))}


def _adopt_others(program: Program, which: int, to: int, facts: Facts) -> Program | None:
    sort = _chosen(facts.sorts, which)
    store = _chosen([each for each in facts.others[sort] if not _is_adopted(program, each)], to)
    name = _chosen([name for name in NAMES if name not in program], to)
    if len(program) >= MOST or store is None or name is None:
        return None
    return {**program, name: fresh(sort).bare(adopt=store)}


def _adopt_answered(program: Program, which: int, _to: int, facts: Facts) -> Program | None:
    name = _chosen([name for name in facts.answered if name not in facts.held], which)
    return None if name is None else {**program, name: program[name].bare(adopt=facts.answered[name])}


def _is_adopted(program: Program, store: str, but: str = "") -> bool:
    return any(each.adopts == store for name, each in program.items() if name != but)


EDITS: Final[dict[str, Edit]] = {
    "tags": _on_one(_tags),
    "update": _on_one(lambda each, to: _set(each, to, SORTS[each.sort].updating)),
    "export": _on_one(_export),
    "replace": _on_one(lambda each, to: _set(each, to, SORTS[each.sort].replacing)),
    "drop": _on_one(_drop),
    "ignore": _on_one(_ignore),
    "subclass": _on_one(lambda each, _to: replace(each, subclassed=not each.subclassed)),
    "drop_aliases": _on_one(lambda each, _to: replace(each, aliases=())),
    "retain": _on_one(lambda each, _to: replace(each, retained=not each.retained)),
    "rename": lambda program, which, to, _facts: _rename(program, which, to, aliased=False),
    "rename_with_alias": lambda program, which, to, _facts: _rename(program, which, to, aliased=True),
    "rename_and_adopt": _rename_and_adopt,
    "remove": _remove,
    "add": _add,
    "adopt_others": _adopt_others,
    "adopt_answered": _adopt_answered,
}
"""By name; ``revert``, which needs the history, is the world's."""
