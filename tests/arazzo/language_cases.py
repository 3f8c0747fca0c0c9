"""The rules of the language in tests/cases: what is given, a string, and what becomes of it.

A file is a list of groups, each with ``cases`` and what they share: ``given`` (what expressions can refer
to) and any other key, which every case of the group has unless it says otherwise. A case ends in one of
``result``, ``missing``, ``holds``, ``undecided`` or ``error`` (words of the message; ``at`` is the place of
the fault, from 0).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from provider.arazzo.expressions import Context
from provider.arazzo.protocol import MISSING, Request, Response
from provider.arazzo.syntax import TextError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).parents[1] / "cases"


@dataclass(frozen=True)
class Case:
    """One rule, with all that its group shares."""

    place: str
    fields: dict[str, Any]

    def __str__(self) -> str:
        return self.place

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def get(self, name: str, default: Any = None) -> Any:
        return self.fields.get(name, default)

    @property
    def context(self) -> Context:
        given = dict(self.fields.get("given") or {})
        request = Request(**given.pop("request")) if "request" in given else None
        response = Response(**{"status": 200, **given.pop("response")}) if "response" in given else None
        return Context(request=request, response=response, **given)

    def told(self, got: object) -> str:
        """Return the whole case and what came of it."""
        shown = yaml.safe_dump(self.fields, sort_keys=False, allow_unicode=True)
        return f"{self.place}\n{shown}got: {got!r}"


def cases(folder: str, key: str) -> list[Case]:
    """Return the cases of a folder that have a key."""
    return list(_cases(folder, key))


def _cases(folder: str, key: str) -> Iterator[Case]:
    for path in sorted((FOLDER / folder).glob("*.yaml")):
        for group in yaml.safe_load(path.read_text()):
            shared = {name: value for name, value in group.items() if name != "cases"}
            for number, fields in enumerate(group["cases"]):
                if key in fields:
                    yield Case(f"{folder}/{path.stem}: {fields[key]!r} #{number}", {**shared, **fields})


def attempt(case: Case, action: Callable[[], Any]) -> Any:
    """Do what the case is about; where it says ``error``, see that it is this one."""
    if "error" not in case:
        return action()
    error = _fault(case, action)
    assert case["error"] in str(error), case.told(str(error))
    assert error.offset == case.get("at", error.offset), case.told((error.offset, str(error)))
    assert "\n" not in str(error), case.told(str(error))
    return error


def _fault(case: Case, action: Callable[[], Any]) -> TextError:
    try:
        got = action()
    except TextError as error:
        return error
    raise AssertionError(case.told(got))


def check_value(case: Case, got: object) -> None:
    """See that a value is the case's, with its type: 1 is not true, and 1.0 is not 1."""
    if "error" in case:
        return
    if case.get("missing"):
        assert got is MISSING, case.told(got)
    else:
        assert repr(got) == repr(case["result"]), case.told(got)
