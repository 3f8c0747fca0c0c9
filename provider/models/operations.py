"""What an operation of AWS does: whether it may be sent again, and where to see what it did. Pure.

botocore's models say of some operations that they only read or are idempotent (the traits ``readonly`` and
``idempotent``), and mark idempotency tokens in all of them; what they leave out is told by the operation's
name, whose first word is a verb in every service's API.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.model import OperationModel

_READING: Final = frozenset(
    {"Get", "List", "Describe", "Head", "Search", "Lookup", "Query", "Scan", "Select", "Batch"}
)
_JOB_VERBS: Final = frozenset({"Begin", "Execute", "Invoke", "Rerun", "Retry", "Start", "Submit"})
_JOB_NOUNS: Final = frozenset(
    {"Build", "Execution", "Export", "Import", "Job", "Query", "Run", "Scan", "Task"}
)
_MAKING: Final = ("Allocate", "Begin", "Copy", "Create", "Register", "Restore", "Run", "Start", "Submit")
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SAFE_METHODS: Final = frozenset({"GET", "HEAD"})


def reads(operation: OperationModel) -> bool:
    """Whether an operation changes nothing."""
    if _trait(operation, "readonly") or operation.http.get("method") in _SAFE_METHODS:
        return True
    first, *rest = _words(operation.name)
    if first == "Batch":
        return bool(rest) and rest[0] in _READING
    return first in _READING


def may_be_sent_again(operation: OperationModel, given: Mapping[str, Any]) -> bool:
    """Whether a request may be sent again although AWS may have carried it out already.

    Args:
        operation: The operation.
        given: The request's members by boto3's names.
    """
    if reads(operation) or _trait(operation, "idempotent"):
        return True
    return any(given.get(name) for name in operation.idempotent_members)


def begins_job(name: str) -> bool:
    """Whether an operation starts something that ends by itself, and not a resource that stays.

    Args:
        name: The operation's name (``StartFHIRImportJob``).
    """
    first, *rest = _words(name) or ("",)
    return first in _JOB_VERBS or bool(rest and rest[-1] in _JOB_NOUNS)


def doubt(operation: OperationModel) -> str:
    """Say what AWS may have done although its answer does not say so, and where to look."""
    seen = next(_witnesses(operation), None)
    where = f"look with {seen}, or in the service's console," if seen else "look in the service's console"
    return f"AWS may have carried out {operation.name} all the same: {where} before you run it again"


def _witnesses(operation: OperationModel) -> Iterator[str]:
    """Yield the operations that show what an operation makes (in a list) or changes."""
    noun = "".join(_words(operation.name)[1:])
    stem = noun.removesuffix("s")
    names = operation.service_model.operation_names
    makes = operation.name.startswith(_MAKING)
    for verb in ("List", "Describe", "Get", "Search") if makes else ("Describe", "Get", "List", "Search"):
        yield from (name for name in names if stem and name.startswith(f"{verb}{stem}"))


def _words(name: str) -> list[str]:
    return _WORD.findall(name)


def _trait(operation: OperationModel, name: str) -> bool:
    return bool(operation._operation_model.get(name))  # noqa: SLF001 - botocore has no public way to a trait
