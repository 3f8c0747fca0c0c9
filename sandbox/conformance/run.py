"""A conformance run: the probes one after the other, the verdict on each belief, and the clean-up."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from botocore import __version__
from botocore.exceptions import BotoCoreError

from ..errors import AccountError, ConformanceError
from .account import PRICES, TAG
from .bench import Bench
from .probes import PROBES
from .record import Entry, Record
from .table import Belief, beliefs
from .target import Target

Say = Callable[[str], None]
Given = Mapping[str, object]
"""What the beliefs may need, by name; None where it is not given."""

_GONE: Final = ("DELETED", "ResourceNotFoundException")
_LAG: Final = 60.0
"""Seconds after which a store that was made is found, if there is one."""

_PAUSE: Final = 5.0


def chosen(only: Sequence[str], *, everything: bool) -> tuple[Belief, ...]:
    """Return the beliefs to look at.

    Args:
        only: Patterns of their ids or of their probes' names; empty for all.
        everything: Whether that includes those whose probes run on demand only.

    Raises:
        ConformanceError: A pattern fits none.
    """
    for pattern in only:
        if not any(_fits(belief, pattern) for belief in beliefs()):
            raise ConformanceError(f"--only {pattern} fits no belief and no probe ({', '.join(PROBES)})")
    return tuple(
        belief
        for belief in beliefs()
        if any(_fits(belief, pattern) for pattern in only)
        or (not only and (everything or not PROBES[belief.probe].on_demand))
    )


def _fits(belief: Belief, pattern: str) -> bool:
    return fnmatch.fnmatch(belief.id, pattern) or fnmatch.fnmatch(belief.probe, pattern)


def announcement(wanted: Sequence[Belief], given: Given, *, region: str, run: str) -> list[str]:
    """Return what is going to happen in an account, at what cost, and how it is cleaned up."""
    probes = [PROBES[name] for name in _probes(given, wanted)]
    return [
        f"REAL AWS, region {region}; beliefs to confirm: {len(wanted)}",
        f"  HealthLake stores to be made (15 to 30 minutes each): {sum(probe.lake for probe in probes)}",
        f"  HealthImaging stores to be made (2 minutes each): {sum(probe.imaging for probe in probes)}",
        f"  it takes about {sum(probe.minutes for probe in probes)} minutes",
        f"  cost: a HealthLake store is billed for every hour that it exists; see {PRICES}",
        f"  clean-up: whatever comes of it, every store with the tag {TAG}={run} is deleted",
        "  what exports and imports wrote stays in the bucket",
    ]


def run(
    target: Target, wanted: Sequence[Belief], say: Say, keep: Callable[[Record], None] = lambda _: None
) -> Record:
    """Run the probes of some beliefs, delete what they made, and return what was answered.

    Args:
        target: Where the requests go.
        wanted: The beliefs.
        say: Told of each probe and of each deletion.
        keep: Given what was answered so far, after each probe.

    Raises:
        AccountError: Something that a probe made cannot be deleted; it is named.
    """
    began = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    bench, reasons = Bench(target), dict[str, str]()

    def record() -> Record:
        entries = {belief.id: _entry(belief, bench, reasons) for belief in wanted}
        return Record(target.name, target.account.region, began, __version__, entries)

    try:
        for name in _probes(target.given, wanted):
            say(f"{name}: began")
            try:
                PROBES[name].run(bench)
            except (AccountError, BotoCoreError, KeyError) as error:
                reasons[name] = f"the probe {name} stopped: {_line(error)}"
                say(reasons[name])
            keep(record())
            clean_up(bench, say)
    finally:
        keep(record())
        clean_up(bench, say)
    return record()


def clean_up(bench: Bench, say: Say) -> None:
    """Delete every store of the run: those that carry its tag, and those that are known by their ids.

    Raises:
        AccountError: One cannot be deleted.
    """
    for store in bench.target.account.sweep():
        say(f"deleted: {store.service} {store.id}")
    for made in _left(bench):
        _delete(bench, made)
        say(f"deleted: {bench.made[made]} {made}")
    bench.made.clear()


def _left(bench: Bench) -> list[str]:
    """Return the stores that are still there; one that is not found may only not be found yet."""
    account = bench.target.account
    deadline = account.now() + _LAG
    while True:
        states = {made: bench.state(service, made) for made, service in bench.made.items()}
        if "ResourceNotFoundException" not in states.values() or account.now() > deadline:
            return [made for made, state in states.items() if state not in _GONE]
        account.sleep(_PAUSE)


def _delete(bench: Bench, made: str) -> None:
    service = bench.made[made]
    bench.watch_store(service, made, "ACTIVE", "CREATE_FAILED", "UPDATE_FAILED", "DELETING", *_GONE)
    bench.watch(
        lambda: "asked" if bench.delete(service, made).ok else bench.state(service, made),
        "asked",
        "DELETING",
        *_GONE,
    )
    bench.watch_store(service, made, *_GONE)


def _probes(given: Given, wanted: Sequence[Belief]) -> list[str]:
    """Return the probes to run, in their order; those whose every belief lacks something are left out."""
    names = {belief.probe for belief in wanted if not _lacks(belief, given)}
    return [name for name in PROBES if name in names]


def _lacks(belief: Belief, given: Given) -> list[str]:
    """Return what a belief needs and is not given."""
    return [name for name in belief.needs if given[name] is None]


def _entry(belief: Belief, bench: Bench, reasons: dict[str, str]) -> Entry:
    seen = bench.notes.get(belief.id)
    if seen is not None:
        return Entry("holds" if belief.holds(seen) else "differs", seen)
    lacks = _lacks(belief, bench.target.given)
    if lacks:
        return Entry("not observed", reason=f"{' and '.join(f'--{name}' for name in lacks)} is not given")
    return Entry("not observed", reason=reasons.get(belief.probe, "the probe came to no answer"))


def _line(error: Exception) -> str:
    return f"no member {error}" if isinstance(error, KeyError) else " ".join(str(error).split())
