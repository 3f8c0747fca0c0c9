"""The least IAM policy with which documents can be run.

One action per operation, resources narrowed where an ARN can be told, ``iam:PassRole`` for the roles that a
request hands on, and what a service does in the caller's name (``access``). Sources: IAM's "Actions,
resources, and condition keys for AWS services", whose actions are the API's operations but for the exceptions
below, and botocore's models for the ARNs' patterns.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..arazzo.faults import DocumentError, Ledger, errors_of
from ..arazzo.protocol import MISSING
from ..models.shapes import members_below
from .access import EVERYTHING, Access
from .validation.calls import calls_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from botocore.model import OperationModel, Shape

    from ..arazzo.model import Document
    from ..arazzo.protocol import JSON
    from .validation.calls import Models, ServiceCall

VERSION: Final = "2012-10-17"

_RENAMED: Final = {
    ("s3", "ListObjects"): ("ListBucket",),
    ("s3", "ListObjectsV2"): ("ListBucket",),
    ("s3", "HeadBucket"): ("ListBucket",),
    ("s3", "HeadObject"): ("GetObject",),
    ("s3", "CopyObject"): ("GetObject", "PutObject"),
    ("s3", "DeleteObjects"): ("DeleteObject",),
    ("s3", "ListBuckets"): ("ListAllMyBuckets",),
    ("lambda", "Invoke"): ("InvokeFunction",),
}
"""Operations whose IAM actions have other names."""

_FREE: Final = frozenset({("sts", "GetCallerIdentity"), ("sts", "AssumeRoleWithWebIdentity")})
"""Operations that need no permission (AWS STS API Reference)."""

_PREFIXES: Final = {"tagging": "tag"}
"""IAM's prefixes of services whose requests are signed with another name."""

_ROLE_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+\Z")
_ROLE_PATTERN: Final = re.compile(r":iam::.*:role")


@dataclass(frozen=True, slots=True)
class Grant:
    """One action on one resource; ``passed_to`` is the service that an ``iam:PassRole`` is for."""

    action: str
    resource: str
    passed_to: str | None = None


def policy(documents: Iterable[Document], models: Models, known: Iterable[Access]) -> dict[str, JSON]:
    """Return the policy that running all workflows of some documents needs, as an IAM policy document.

    Args:
        documents: The documents.
        models: botocore's models.
        known: What is known of the services; of others no ARN can be told, and nothing that they do besides.

    Raises:
        DocumentError: A document calls a service or an operation that does not exist.
    """
    access = {each.prefix: each for each in known}
    grants = {grant for document in documents for grant in _grants(document, models, access)}
    everywhere = {grant.action for grant in grants if grant.resource == EVERYTHING}
    needed = {grant for grant in grants if grant.resource == EVERYTHING or grant.action not in everywhere}
    return {"Version": VERSION, "Statement": list(_statements(needed))}


def _grants(document: Document, models: Models, access: Mapping[str, Access]) -> Iterator[Grant]:
    ledger = Ledger()
    for workflow in document.workflows:
        for call in calls_of(document, workflow, models, ledger).values():
            yield from _grants_of(call, access)
    if errors_of(ledger.faults):
        raise DocumentError(ledger.faults)
    for source in document.sources:
        if source.document is not None:
            yield from _grants(source.document, models, access)


def _grants_of(call: ServiceCall, access: Mapping[str, Access]) -> Iterator[Grant]:
    model = call.model
    prefix = prefix_of(model)
    known = access.get(prefix) or Access(prefix)
    resource = known.resource(model.name)
    if (prefix, model.name) in _FREE:
        return
    for action in _RENAMED.get((prefix, model.name), (model.name,)):
        yield Grant(f"{prefix}:{action}", resource)
    values = list(_sent(call))
    if any(name.casefold() == "tags" for name, _, _ in values) and not model.name.startswith("Tag"):
        # What is to be made has no ARN yet; on which one IAM checks is not public.
        yield Grant(f"{prefix}:TagResource", EVERYTHING)
    sent = {each for name, shape, value in values for each in _names(name, shape, value)}
    for action, on in known.more(model.name, sent):
        yield Grant(action, on)
    for _, shape, value in values:
        if _is_role(shape):
            arn = value if isinstance(value, str) and _ROLE_ARN.match(value) else EVERYTHING
            yield Grant("iam:PassRole", arn, f"{prefix}.amazonaws.com")


def prefix_of(model: OperationModel) -> str:
    """Return IAM's prefix of the service: in most cases the name that its requests are signed with."""
    service = model.service_model
    name = str(service.metadata.get("signingName", service.endpoint_prefix))
    return _PREFIXES.get(name, name)


def _sent(call: ServiceCall) -> Iterator[tuple[str, Shape, JSON]]:
    """Yield the members that a call sends, at any depth: name, shape and value as written."""
    shape = call.model.input_shape
    if shape is None:
        return
    body = call.step.request_body
    payload = body.payload.source if body and body.payload else None
    given = {each.name: each.value.source for each in call.step.parameters}
    yield from _members(shape, {**given, **(payload if isinstance(payload, dict) else {})})


def _members(shape: Shape, given: JSON) -> Iterator[tuple[str, Shape, JSON]]:
    for each in members_below(shape):
        value = given
        for name in each.names:
            value = value.get(name, MISSING) if isinstance(value, dict) else MISSING
        if value is not MISSING:
            yield each.names[-1], each.shape, value


def _names(name: str, shape: Shape, value: JSON) -> Iterator[str]:
    """Yield a member's name, and where an expression may bring a whole structure, its members' too."""
    yield name
    if not isinstance(value, dict):
        yield from (each.names[-1] for each in members_below(shape))


def _is_role(shape: Shape) -> bool:
    """Whether a member is the ARN of a role: by its pattern, or else by its name."""
    return bool(
        _ROLE_PATTERN.search(shape.metadata.get("pattern", "")) or shape.name.casefold().endswith("rolearn")
    )


def _statements(grants: set[Grant]) -> Iterator[dict[str, JSON]]:
    """Yield one statement per resource and condition, in a fixed order."""
    together: dict[tuple[str, str], set[str]] = defaultdict(set)
    for grant in grants:
        together[grant.passed_to or "", grant.resource].add(grant.action)
    for (passed_to, resource), actions in sorted(together.items()):
        statement: dict[str, JSON] = {"Effect": "Allow", "Action": sorted(actions), "Resource": resource}
        if passed_to:
            statement["Condition"] = {"StringEquals": {"iam:PassedToService": passed_to}}
        yield statement
