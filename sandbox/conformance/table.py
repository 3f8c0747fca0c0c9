"""The table of beliefs: read, judged by observations, and written as the page of the documentation."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, Literal

import cattrs
import yaml

Certainty = Literal["documented", "seen", "inferred"]
Facts = Mapping[str, Any]

_CONVERTER: Final = cattrs.Converter(forbid_extra_keys=True)

_PAGE: Final = """\
# What is believed of AWS

The sandbox and the provider rest on the service models that botocore ships, and beyond them on the
beliefs below. No live account has confirmed them yet. `python -m sandbox conformance --against aws` asks
one, which takes about an hour and a half, and `python -m sandbox conformance compare` shows where its
answers and the sandbox's differ.

How sure a belief is: *documented* by AWS, *seen* in what others report of a real account, or *inferred*.

This page is generated from `sandbox/conformance/beliefs.yaml`.
"""


@dataclass(frozen=True, slots=True)
class Belief:
    """One belief; see the head of ``beliefs.yaml``."""

    id: str
    statement: str
    source: str
    certainty: Certainty
    probe: str
    expect: tuple[dict[str, Any], ...]
    needs: tuple[str, ...] = ()

    def holds(self, seen: Facts) -> bool:
        """Whether what was observed is one of the observations that are expected."""
        return any(all(_fits(seen, *fact) for fact in wanted.items()) for wanted in self.expect)


@functools.cache
def beliefs() -> tuple[Belief, ...]:
    """Return all beliefs, in the order of the table."""
    text = resources.files(__package__).joinpath("beliefs.yaml").read_text(encoding="utf-8")
    return _CONVERTER.structure(yaml.safe_load(text), tuple[Belief, ...])


def page() -> str:
    """Return the page of the documentation."""
    return "\n".join([_PAGE, *_sections()])


def _sections() -> Iterator[str]:
    titles = {
        "refusals": "Refusals",
        "permissions": "Permissions",
        "failures": "Failures",
        "imaging": "HealthImaging",
        "image-sets": "HealthImaging",
        "lake": "HealthLake",
    }
    together: dict[str, list[Belief]] = {}
    for belief in beliefs():
        title = next(titles[name] for name in titles if belief.probe.startswith(name))
        together.setdefault(title, []).append(belief)
    for title, group in together.items():
        yield f"## {title}\n"
        yield "| id | belief | how sure | source |\n| --- | --- | --- | --- |"
        yield from (_row(belief) for belief in group)
        yield ""


def _row(belief: Belief) -> str:
    return f"| `{belief.id}` | {belief.statement} | {belief.certainty} | {belief.source} |"


def _fits(seen: Facts, name: str, wanted: Any) -> bool:
    """Whether a fact is as wanted; see the head of ``beliefs.yaml``."""
    if name not in seen:
        return False
    found = seen[name]
    if not isinstance(wanted, Mapping):
        return bool(found == wanted)
    if "one_of" in wanted:
        return found in wanted["one_of"]
    if "way" in wanted:
        return found[-1] in wanted["ends"] and is_part(found, wanted["way"])
    return bool(wanted["from"] <= found <= wanted["to"])


def is_part(states: Sequence[str], way: Sequence[str]) -> bool:
    """Whether states come in the order of a way; polls may miss some of it."""
    rest = iter(way)
    return all(state in rest for state in states)
