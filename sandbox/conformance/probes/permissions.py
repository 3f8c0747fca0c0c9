"""What a caller may not do: requests with a session policy that lacks something. None should make a store."""

from __future__ import annotations

import json
from typing import Any, Final

from ...aws import IMAGING, LAKE
from ..bench import Bench, Facts, Reply

_NOBODY: Final = "0" * 32
_ALL: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_SHARING: Final = {
    "permissions-lake-create-invitations": "ram:GetResourceShareInvitations",
    "permissions-lake-create-invitation": "ram:AcceptResourceShareInvitation",
    "permissions-lake-create-database": "glue:CreateDatabase",
}
_SMART: Final = {
    "authorization_endpoint": "https://idp.example.com/authorize",
    "token_endpoint": "https://idp.example.com/token",
    "grant_types_supported": ["authorization_code"],
    "capabilities": ["launch-standalone"],
    "code_challenge_methods_supported": ["S256"],
}


def probe(bench: Bench) -> None:
    """Ask for what each policy lacks."""
    _reads(bench)
    _image_sets(bench)
    _conditions(bench)
    for belief, action in _SHARING.items():
        bench.note(belief, **_told(_create(bench.lacking(action), LAKE), action))
    _tags(bench)
    _functions(bench)


def _create(bench: Bench, service: str, **parameters: Any) -> Reply:
    name: dict[str, Any] = {
        "DatastoreName" if service == LAKE else "datastoreName": "conformance-permissions"
    }
    return bench.create(service, **name, **parameters)


def _told(reply: Reply, action: str) -> Facts:
    """Return what is noted of a refusal: also whether it names the action."""
    return {**reply.facts, "named": action in reply.message}


def _reads(bench: Bench) -> None:
    """Read what does not exist, without the permission to."""
    reads = {IMAGING: "medical-imaging:GetDatastore", LAKE: "healthlake:DescribeFHIRDatastore"}
    beliefs = {IMAGING: "permissions-imaging-read", LAKE: "permissions-lake-read"}
    for service, action in reads.items():
        reply = bench.lacking(action).describe(service, _NOBODY)
        bench.note(beliefs[service], **_told(reply, action))
    listing = "healthlake:ListFHIRDatastores"
    deny = {"Effect": "Deny", "Action": listing, "Resource": "*"}
    reply = bench.allowed(_ALL, deny).call(LAKE, "ListFHIRDatastores")
    bench.note("permissions-explicit-deny", reply, explicit="with an explicit deny" in reply.message)


def _image_sets(bench: Bench) -> None:
    """Ask for an image set with the permission on the store alone, and on the image set alone."""
    account = bench.target.account
    store = f"arn:aws:medical-imaging:{account.region}:{account.id}:datastore/{_NOBODY}"
    key: dict[str, Any] = {"datastoreId": _NOBODY, "imageSetId": _NOBODY}
    operations = {
        "permissions-image-set-read": "GetImageSet",
        "permissions-image-set-delete": "DeleteImageSet",
    }
    for belief, operation in operations.items():
        action = f"medical-imaging:{operation}"
        codes = [
            bench.allowed({"Effect": "Allow", "Action": action, "Resource": resource})
            .call(IMAGING, operation, **key)
            .code
            for resource in (store, f"{store}/imageset/{_NOBODY}", [store, f"{store}/imageset/{_NOBODY}"])
        ]
        facts: Facts = dict(zip(("store_alone", "image_set_alone", "both"), codes, strict=True))
        bench.note(belief, **facts)


def _conditions(bench: Bench) -> None:
    elsewhere = {
        **_ALL,
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": bench.target.account.region}},
    }
    bench.note("permissions-region", bench.allowed(elsewhere).describe(LAKE, _NOBODY))
    tagged = {**_ALL, "Condition": {"StringEquals": {"aws:RequestTag/conformance": "yes"}}}
    bench.note("permissions-request-tag", _create(bench.allowed(tagged), LAKE))


def _tags(bench: Bench) -> None:
    """Make stores with tags, without TagResource, and with TagResource on the ARNs of stores only."""
    stores = {LAKE: "arn:aws:healthlake:*:*:datastore/*", IMAGING: "arn:aws:medical-imaging:*:*:datastore/*"}
    names = {LAKE: "permissions-lake-create-tags", IMAGING: "permissions-imaging-create-tags"}
    for service, belief in names.items():
        action = f"{service}:TagResource"
        bench.note(belief, **_told(_create(bench.lacking(action), service), action))
        others = {"Effect": "Allow", "NotAction": action, "Resource": "*"}
        on_stores = {"Effect": "Allow", "Action": action, "Resource": stores[service]}
        bench.note(f"{belief}-on-stores", _create(bench.allowed(others, on_stores), service))


def _functions(bench: Bench) -> None:
    """Make stores with a function that the caller may not invoke."""
    account, action = bench.target.account, "lambda:InvokeFunction"
    function = f"arn:aws:lambda:{account.region}:{account.id}:function:conformance-authorizer"
    identity = {
        "AuthorizationStrategy": "SMART_ON_FHIR",
        "Metadata": json.dumps(_SMART),
        "IdpLambdaArn": function,
    }
    lacking = bench.lacking(action)
    bench.note("permissions-lake-function", _create(lacking, LAKE, IdentityProviderConfiguration=identity))
    bench.note("permissions-imaging-function", _create(lacking, IMAGING, lambdaAuthorizerArn=function))
