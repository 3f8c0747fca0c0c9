"""What a run must not show: secrets known by their value, and those known by the name they stand under."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote_plus

from ...verbs.secrets import SHOWN, leaves, masked

if TYPE_CHECKING:
    from ...arazzo import Event
    from ...arazzo.protocol import Operation

    Sensitive = Callable[[Operation], frozenset[str]]

_SECRET: Final = re.compile(
    r"pass(?:word|wd|phrase)|secret|authorization$|cookie|credential|private.?key|api.?key"
    r"|(?:access|auth|security|session|refresh|bearer|id).?token|plaintext",
    re.IGNORECASE,
)
_LEAST: Final = 4
"""Shorter strings are not looked for elsewhere: they would be found by chance."""

_NAMED: Final = re.compile(r'(?<![\w.:-])([\w.:-]+)(?:=|>|"\s*:\s*")([^&<>"]+)')
"""A name and its value in a form, in XML and in JSON that a document writes as a string."""

_EXPRESSION: Final = re.compile(r"\{?\$(?:inputs|outputs|steps|workflows|components|sourceDescriptions)\.\S+")
"""What stands in a dry run for a value that is not known yet."""

_PUBLIC: Final = frozenset(
    {"accept", "accept-charset", "accept-encoding", "accept-language", "content-type", "user-agent"}
)
"""Headers whose values are no secrets, whoever gives them."""


class Masking:
    """Knows the secrets of one run, learns others on the way, and takes them out of what is shown.

    Those that the run was given are found in whatever form a service echoes them; those that it learned from
    requests and answers, which may be hundreds, as they are.

    Args:
        values: Strings that are never shown.
        sensitive: Returns, in lower case, the names under which an operation has secrets.
    """

    def __init__(self, values: Iterable[str] = (), sensitive: Sensitive = lambda _: frozenset()) -> None:
        self._given = sorted({each for each in values if len(each) >= _LEAST}, key=len, reverse=True)
        self._learned: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._sensitive = sensitive
        self._names: dict[tuple[str | None, ...], frozenset[str]] = {}

    def told(self, value: Any, operation: Operation | None = None) -> Any:
        """Return a value as it may be shown, at any depth.

        Args:
            value: Plain values.
            operation: The operation that it is of.
        """
        names = frozenset[str]() if operation is None else self._names_of(operation)
        self._learn(value, names)
        return _without(value, names, self._hidden)

    def learn(self, event: Event) -> None:
        """Look for secrets in an event's answer, whose parts later events may show."""
        if event.response is not None and event.operation is not None:
            self._learn(event.response.body, self._names_of(event.operation))

    def _learn(self, value: Any, names: frozenset[str]) -> None:
        found = {each for each in _secrets(value, names) if len(each) >= _LEAST} - self._learned
        if found:
            self._learned |= found
            longest_first = sorted(self._learned, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def _hidden(self, text: str) -> str:
        text = masked(text, self._given)
        return text if self._pattern is None else self._pattern.sub(SHOWN, text)

    def _names_of(self, operation: Operation) -> frozenset[str]:
        called = operation.operation_id, operation.method, operation.path
        key = (operation.document, operation.source, *called)
        if key not in self._names:
            self._names[key] = self._sensitive(operation)
        return self._names[key]


def secret_inputs(schema: Any, inputs: Mapping[str, Any]) -> Iterator[str]:
    """Yield the inputs that their schema or their name calls secret."""
    properties = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    for name, value in inputs.items():
        part = properties.get(name)
        said = part if isinstance(part, Mapping) else {}
        secret = said.get("format") == "password" or said.get("writeOnly") is True or _SECRET.search(name)
        yield from _leaves(value) if secret else ()


def secret_headers(headers: Mapping[str, str]) -> Iterator[str]:
    """Yield the values of headers, and of ``Bearer TOKEN`` the token, too."""
    for name, value in headers.items():
        if name.lower() not in _PUBLIC:
            yield value
            yield value.partition(" ")[2]


def _is_secret(name: str, names: frozenset[str]) -> bool:
    """Whether a name calls its value a secret; in ``Options.1.Password`` any part may."""
    parts = name.lower().split(".")
    return bool(_SECRET.search(name)) or name.lower() in names or any(part in names for part in parts)


def _secrets(value: Any, names: frozenset[str]) -> Iterator[str]:
    """Yield the strings that stand under a name that calls them secret."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _leaves(each) if _is_secret(str(name), names) else _secrets(each, names)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _secrets(each, names)
    elif isinstance(value, str):
        for name, each in _NAMED.findall(value):
            yield from (each, unquote_plus(each)) if _is_secret(name, names) else ()


def _leaves(value: Any) -> Iterator[str]:
    """Yield the strings in a value that are known."""
    return (each for each in leaves(value) if not _EXPRESSION.fullmatch(each))


def _without(value: Any, names: frozenset[str], hidden: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _shown(each) if _is_secret(str(key), names) else _without(each, names, hidden)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_without(each, names, hidden) for each in value]
    return hidden(value) if isinstance(value, str) else value


def _shown(value: Any) -> Any:
    """Return a secret as it is shown: its form, but none of its values."""
    if isinstance(value, Mapping):
        return {key: _shown(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value]
    if isinstance(value, str) and _EXPRESSION.fullmatch(value):
        return value
    return value if value is None or isinstance(value, bool) else SHOWN
