"""JSON text as the parser events that YAML text gives, so that both become a tree in the same way.

YAML contains nearly all of JSON, but not surrogate pairs, long keys, or a colon in the line after its key.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NoReturn

from yaml import Mark
from yaml.events import (
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s,:{}\[\]"]+')


def is_json(text: str) -> bool:
    """Tell whether a string is JSON (RFC 8259) of characters only: no NaN, no half of a surrogate pair."""
    try:
        value = json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def events(text: str) -> Iterator[Event]:
    """Yield the events of a string for which ``is_json`` holds, from the root's first to its last."""
    starts = list(accumulate((len(line) for line in text.splitlines(keepends=True)), initial=0))
    for match in _TOKEN.finditer(text):
        line = bisect_right(starts, match.start()) - 1
        mark = Mark("", match.start(), line, match.start() - starts[line], None, 0)
        yield _event(match[0], mark)


def _event(token: str, mark: Mark) -> Event:
    match token:
        case "{":
            return MappingStartEvent(None, None, True, mark, mark)
        case "}":
            return MappingEndEvent(mark, mark)
        case "[":
            return SequenceStartEvent(None, None, True, mark, mark)
        case "]":
            return SequenceEndEvent(mark, mark)
    if token.startswith('"'):
        return ScalarEvent(None, None, (False, True), json.loads(token), mark, mark)
    return ScalarEvent(None, None, (True, False), token, mark, mark)
