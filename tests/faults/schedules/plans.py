"""Schedules as plain values: a seed draws the same everywhere, and they can be printed and cut down."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from tests.faults.schedules.programs import SORTS, STOCK
from tests.faults.schedules.proxy import TROUBLES

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One step of a schedule: a method of ``World`` and its arguments, all of them JSON."""

    do: str
    arguments: Arguments = field(default_factory=dict)

    def __str__(self) -> str:
        """Show it as a line of JSON."""
        return json.dumps([self.do, self.arguments])


Plan = tuple[Step, ...]

LENGTH: Final = 8
_FAULTS: Final = ("throttle", "error", "deny", "expire", "hang")
_EDITS: Final = (
    *("tags", "update", "update", "export", "replace", "drop", "ignore", "revert"),
    *("rename", "rename_with_alias", "remove", "add", "subclass", "retain"),
    *("rename_and_adopt", "adopt_others", "adopt_answered"),
)
_EVENTS: Final = ("create", "update", "delete", "export")
_OUTSIDE: Final = ("take_away", "remove", "retag", "rename", "copy_claim", "tags_off", "tags_on")


class _Random(Random):
    """Chance, and the sorts of resources that there are."""

    sorts: tuple[str, ...] = STOCK


def drawn(seed: int, length: int = LENGTH, sorts: tuple[str, ...] = STOCK) -> Plan:
    """Return the schedule of a seed."""
    random = _Random(seed)
    random.sorts = sorts
    steps: list[Step] = []
    for _ in range(length):
        what = random.choices((_edited, _run, _outside, _wait), (3, 5, 1, 1))[0]
        steps += what(random)
    return tuple(steps)


def cut_down(plan: Plan, fails: Callable[[Plan], bool]) -> Plan:
    """Return a schedule that fails too, and of which no step and no trouble can be left out."""
    number = len(plan)
    while number:
        number -= 1
        shorter = plan[:number] + plan[number + 1 :]
        if fails(shorter):
            plan = shorter
            continue
        for name in plan[number].arguments:
            arguments = {key: value for key, value in plan[number].arguments.items() if key != name}
            simpler = (*plan[:number], Step(plan[number].do, arguments), *plan[number + 1 :])
            if plan[number].do == "run" and name != "command" and fails(simpler):
                plan = simpler
    return plan


def parsed(lines: Sequence[str]) -> Plan:
    """Return the schedule that was printed, a step a line."""
    return tuple(Step(*json.loads(line)) for line in lines)


def _edited(random: _Random) -> list[Step]:
    how = {"how": random.choice(_EDITS), "which": random.randrange(9), "to": random.randrange(9)}
    return [Step("edit", how), *(_run(random, "up") if random.random() < 0.7 else ())]


def _run(random: _Random, command: str = "") -> list[Step]:
    command = command or random.choices(("up", "refresh", "destroy"), (7, 2, 1))[0]
    arguments: Arguments = {"command": command}
    for name, chance, draw in _TROUBLES:
        if random.random() < chance:
            arguments[name] = draw(random)
    return [Step("run", arguments)]


def _operation(random: _Random) -> list[str]:
    sort = SORTS[random.choice(random.sorts)]
    return [sort.service, random.choice(sort.operations)]


def _calls(random: _Random) -> list[int] | None:
    return random.choice([[1], [1], [2], [1, 2], [2, 3, 4], None])


def _stop(random: _Random) -> list[Any]:
    how = random.choice(["kill", "kill", "cancel"])
    return [random.randrange(25), random.choice(["before", "after"]), how]


_TROUBLES: Final[tuple[tuple[str, float, Callable[[_Random], Any]], ...]] = (
    ("stop", 0.35, _stop),
    ("lies", 0.3, lambda random: [[_operation(random)[1], random.choice(TROUBLES), _calls(random)]]),
    ("faults", 0.25, lambda random: [[".".join(_operation(random)), random.choice(_FAULTS), _calls(random)]]),
    ("backend", 0.15, lambda random: [random.choice(["refuse", "late", "late"]), random.randrange(12)]),
    ("lag", 0.1, lambda random: random.choice([5, 30])),
    ("next", 0.15, lambda random: [random.choice(_EVENTS), random.random() < 0.5]),
)


def _outside(random: _Random) -> list[Step]:
    return [Step("outside", {"what": random.choice(_OUTSIDE), "which": random.randrange(9)})]


def _wait(random: _Random) -> list[Step]:
    return [Step("wait", {"seconds": random.choice([1, 20, 100, 4000])})]
