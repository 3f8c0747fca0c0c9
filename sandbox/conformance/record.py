"""What a run answered, belief by belief: written as JSON, read again, and compared with another run's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import cattrs

from ..errors import ConformanceError

Verdict = Literal["holds", "differs", "not observed"]

_NO_DIFFERENCE: Final = frozenset({"message", "times"})
"""Facts that may differ from one run to the next."""

_TOLERANCE: Final = 3.0
"""By which factor two durations may differ, once they are longer than a minute."""

_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one belief.

    Attributes:
        verdict: Whether it holds.
        seen: What was observed.
        reason: Why nothing was, where nothing was.
    """

    verdict: Verdict
    seen: dict[str, Any] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What one run answered.

    Attributes:
        against: ``sandbox`` or ``aws``.
        region: The region.
        began: When it began, in ISO 8601.
        botocore: The version of botocore.
        beliefs: What became of each belief, by its id.
    """

    against: str
    region: str
    began: str
    botocore: str
    beliefs: dict[str, Entry]

    def write(self, path: Path) -> None:
        """Write the record to a file."""
        path.write_text(f"{json.dumps(asdict(self), indent=2)}\n", encoding="utf-8")


def read(path: Path) -> Record:
    """Read a record.

    Raises:
        ConformanceError: The file cannot be read, or holds none.
    """
    try:
        return cattrs.structure(json.loads(path.read_text(encoding="utf-8")), Record)
    except OSError as error:
        raise ConformanceError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, cattrs.BaseValidationError) as error:
        raise ConformanceError(f"{path} is not a record of a conformance run") from error


def differences(one: Record, other: Record) -> Iterator[tuple[str, str, str]]:
    """Yield each belief that the two runs answered differently, with both answers as text."""
    for name in dict.fromkeys([*one.beliefs, *other.beliefs]):
        left, right = one.beliefs.get(name), other.beliefs.get(name)
        if left is None or right is None or not (left.seen and right.seen):
            if (left is None or not left.seen) != (right is None or not right.seen):
                yield name, _text(left), _text(right)
        elif any(_differ(fact, left.seen, right.seen) for fact in {**left.seen, **right.seen}):
            yield name, _text(left), _text(right)


def _differ(fact: str, left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    if fact in _NO_DIFFERENCE:
        return False
    one, other = left.get(fact), right.get(fact)
    if fact == "seconds" and isinstance(one, int | float) and isinstance(other, int | float):
        short, long = sorted((max(one, _MINUTE), max(other, _MINUTE)))
        return bool(long > _TOLERANCE * short)
    if fact == "states" and one and other:
        return bool(one[-1] != other[-1])  # polls may have missed what was between
    return bool(one != other)


def _text(entry: Entry | None) -> str:
    if entry is None:
        return "not in the record"
    if not entry.seen:
        return f"not observed: {entry.reason}"
    return ", ".join(f"{name} {_shown(name, entry.seen)}" for name in entry.seen if name != "times")


def _shown(name: str, seen: Mapping[str, Any]) -> str:
    if name == "states":
        times = seen.get("times") or [0.0] * len(seen[name])
        return " -> ".join(f"{state} at {time:g} s" for state, time in zip(seen[name], times, strict=True))
    return json.dumps(seen[name])
