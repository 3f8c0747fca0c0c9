"""What is looked at, one after the other, and what to do about each thing that is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from ...documents.loading import load_once
from ...documents.policy import policy
from ...errors import COMMAND, NoAnswerError, ProviderError
from ...kinds.parts import Life
from ...kinds.table import ACCESS, KINDS
from ...models import services
from ...models.partitions import regions_of
from ...verbs.claim_search import TAGGED
from ...verbs.session import WorkflowError
from .permissions import PASSING, denied, questions, role_name, without_path

if TYPE_CHECKING:
    from ...kinds.row import Row
    from ...kinds.tagging import Listed
    from .questions import Questions

Verdict = Literal["ok", "problem", "unknown"]

_NO_ANSWER: Final = "check the region, the endpoint and the network"
_POLICY: Final = f"attach what `{COMMAND} policy` prints to the caller"
_SIMULATOR: Final = (
    "allow iam:SimulatePrincipalPolicy and iam:GetRole on the caller to have them checked, or compare its "
    f"policies with what `{COMMAND} policy` prints"
)


_AT_TIMES: Final = {
    "kms": "it matters only with a key of your own, whose policy may allow it as well",
    "lambda": "it matters only with SMART on FHIR or a HealthImaging authorizer",
    "tag": "it saves calls in an account of more than ten stores",
}
"""What some actions are needed for, by their service; the others are needed always."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: What it is about.
        verdict: Whether it is as it has to be.
        message: What was found.
        advice: What to do; empty where nothing is.
    """

    subject: str
    verdict: Verdict
    message: str
    advice: str = ""

    def __str__(self) -> str:
        """Render the finding as one line."""
        line = f"{self.verdict:8} {self.subject}: {self.message}"
        return f"{line}; {self.advice}" if self.advice else line


def examine(ask: Questions, region: str | None, role: str | None) -> Iterator[Finding]:
    """Yield what stands in the way of making stores, and what does not.

    Args:
        ask: Asks AWS.
        region: The region to make stores in.
        role: The ARN of the role that exports are to write with, where there are any.
    """
    if region is None:
        yield Finding("region", "problem", "none is set", "give --region, or set AWS_REGION")
        return
    for kind in _stores():
        yield _existence(kind, region)
    try:
        caller, account = ask.identity()
    except ProviderError as error:
        yield _failed("caller", error)
        return
    yield Finding("caller", "ok", f"{caller}, in the account {account}")
    for kind in _stores():
        yield from _service(ask, kind)
    yield from _permissions(ask, caller, account, region, role)


def _failed(subject: str, error: ProviderError) -> Finding:
    if isinstance(error, NoAnswerError):
        return Finding(subject, "problem", f"{error.what}: {error.reason}", _NO_ANSWER)
    return Finding(subject, "problem", str(error))


def _stores() -> list[Row]:
    return [kind for kind in KINDS.values() if kind.holds_data]


def _existence(kind: Row, region: str) -> Finding:
    known = regions_of(kind.service)
    if region in known:
        return Finding("region", "ok", f"{kind.label}s can be made in {region}")
    where = f"{kind.label}s are not known to exist in {region}"
    return Finding("region", "problem", where, f"use one of {', '.join(known)}")


def _service(ask: Questions, kind: Row) -> Iterator[Finding]:
    """Yield whether a service answers, and how many stores it lets be made."""
    try:
        stores = list(ask.stores(kind))
    except NoAnswerError as error:
        yield _failed(f"endpoint of {kind.service}", error)
        return
    except WorkflowError as error:
        if error.failure.response is None:
            raise
        yield Finding(f"endpoint of {kind.service}", "ok", "it answers")
        yield Finding(f"quota of {kind.label}s", "problem", error.reason or str(error), _POLICY)
        return
    yield Finding(f"endpoint of {kind.service}", "ok", "it answers")
    yield _quota(kind, stores)


def _quota(kind: Row, stores: list[Listed]) -> Finding:
    subject = f"quota of {kind.label}s"
    lives = [kind.statuses.life(store.status) for store in stores]
    used = sum(life not in {Life.FAILED, Life.DELETED} for life in lives)
    left = max(kind.quota - used, 0)
    found = f"{used} exist, the default quota of {kind.quota} leaves {left}"
    if left:
        return Finding(subject, "ok", found)
    advice = "delete what is not needed, or ask for a higher quota (Service Quotas), if you have not"
    return Finding(subject, "problem", found, advice)


def _permissions(
    ask: Questions, caller: str, account: str, region: str, role: str | None
) -> Iterator[Finding]:
    """Yield which of the needed actions IAM would deny the caller."""
    if caller.endswith(":root"):
        yield Finding("permissions", "ok", "the root user may do everything", "use a role for daily work")
        return
    try:
        principal = _principal(ask, caller)
        asked = questions(_needed(), region=region, account=account, role=role)
        decisions = [(each.shown, ask.decisions(principal, each)) for each in asked]
    except ProviderError as error:
        reason = error.reason or str(error)
        yield Finding(
            "permissions", "unknown", f"IAM does not say what {caller} may do: {reason}", _SIMULATOR
        )
        return
    yield from _decided(decisions)
    if role is None:
        advice = "give --export-role, if you export"
        yield Finding("permissions", "unknown", f"{PASSING} is not checked", advice)


def _decided(decisions: list[tuple[str, list[Mapping[str, Any]]]]) -> Iterator[Finding]:
    lacking: dict[tuple[str, str, str], list[str]] = {}
    for resource, decided in decisions:
        for action, why in denied(decided).items():
            service = action.partition(":")[0]
            lacking.setdefault((_AT_TIMES.get(service, ""), resource, why), []).append(action)
    for (at_times, resource, why), actions in lacking.items():
        line = f"the caller lacks {', '.join(actions)} on {resource}: {why}"
        verdict: Verdict = "unknown" if at_times else "problem"
        yield Finding("permissions", verdict, line, at_times or _POLICY)
    if not lacking:
        count = sum(len(decided) for _, decided in decisions)
        yield Finding("permissions", "ok", f"the caller has the {count} actions that are needed")


def _needed() -> Mapping[str, Any]:
    """Return the policy that all resources of this package need."""
    paths = dict.fromkeys(path for kind in KINDS.values() for path in kind.documents)
    paths[TAGGED.document] = None
    return policy([load_once(path) for path in paths], services, ACCESS)


def _principal(ask: Questions, caller: str) -> str:
    """Return the user or the role whose policies count for who calls."""
    name = role_name(caller)
    if name is None:
        return caller
    try:
        return ask.role(name)
    except WorkflowError:
        return without_path(caller)
