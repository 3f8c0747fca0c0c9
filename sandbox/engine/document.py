"""The state as a document in Pulumi's deployment format, version 3, which ``pulumi stack import`` takes."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .errors import StateError
from .state import Operation, Resource
from .values import SECRET, SIGNATURE, is_secret, rebuild

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .secrets import Crypter
    from .state import Snapshot
    from .values import Value

VERSION = 3


def dump(snapshot: Snapshot, crypter: Crypter) -> dict[str, Any]:
    """Write the document, secrets encrypted."""
    resources = [_dump_resource(resource, crypter) for resource in _with_current_names(snapshot)]
    pending = [
        {"resource": _dump_resource(op.resource, crypter), "type": op.type} for op in snapshot.operations
    ]
    deployment = {
        "manifest": {"time": datetime.now(UTC).isoformat(), "magic": "", "version": ""},
        "secrets_providers": crypter.description(),
        "resources": resources,
        "pending_operations": pending,
    }
    return {"version": VERSION, "deployment": _without_empty(deployment) | {"metadata": {}}}


def load(document: Mapping[str, Any], crypter: Crypter) -> tuple[list[Resource], list[Operation]]:
    """Read a document; an empty one is an empty state.

    Raises:
        StateError: It has another version.
    """
    version = document.get("version", VERSION)
    if version != VERSION:
        raise StateError(f"the state has version {version}; this engine reads version {VERSION}")
    deployment = document.get("deployment") or {}
    resources = [_load_resource(resource, crypter) for resource in deployment.get("resources") or []]
    pending = deployment.get("pending_operations") or []
    return resources, [Operation(_load_resource(op["resource"], crypter), op["type"]) for op in pending]


def with_plaintext(document: Value, crypter: Crypter) -> Value:
    """The document with every secret in clear, as ``pulumi stack export --show-secrets`` writes it."""
    if is_secret(document):
        return {SIGNATURE: SECRET, "plaintext": json.dumps(crypter.decrypt_value(document))}
    return rebuild(document, lambda part: with_plaintext(part, crypter))


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


_KEYS = {field.name: _camel_case(field.name) for field in fields(Resource) if field.name != "extra"}


def _dump_resource(resource: Resource, crypter: Crypter) -> dict[str, Any]:
    values = {key: getattr(resource, name) for name, key in _KEYS.items()}
    document = {"custom": resource.custom, **_without_empty(values), **resource.extra}
    for key in {"inputs", "outputs"} & set(document):
        document[key] = _encrypt(document[key], crypter)
    return document


def _load_resource(document: Mapping[str, Any], crypter: Crypter) -> Resource:
    known = {name: document[key] for name, key in _KEYS.items() if key in document}
    for name in ("inputs", "outputs"):
        known[name] = _decrypt(known.get(name) or {}, crypter)
    extra = {key: value for key, value in document.items() if key not in _KEYS.values()}
    return Resource(**known, extra=extra)


def _with_current_names(resources: Iterable[Resource]) -> Iterable[Resource]:
    """The resources, those that refer to renamed ones by the new names."""
    resources = list(resources)
    names = {alias: resource.urn for resource in resources for alias in resource.aliases}
    return [_renamed(resource, names) for resource in resources] if names else resources


def _renamed(resource: Resource, names: Mapping[str, str]) -> Resource:
    def current(urn: str) -> str:
        return names.get(urn, urn)

    dependencies = resource.property_dependencies
    provider, _, id_ = resource.provider.rpartition("::")
    return replace(
        resource,
        parent=current(resource.parent),
        provider=f"{current(provider)}::{id_}" if provider else "",
        deleted_with=current(resource.deleted_with),
        dependencies=[current(urn) for urn in resource.dependencies],
        property_dependencies={key: [current(urn) for urn in urns] for key, urns in dependencies.items()},
    )


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _encrypt(value: Value, crypter: Crypter) -> Value:
    if is_secret(value):
        return {SIGNATURE: SECRET, "ciphertext": crypter.encrypt_value(value["value"])}
    return rebuild(value, lambda part: _encrypt(part, crypter))


def _decrypt(value: Value, crypter: Crypter) -> Value:
    if is_secret(value):
        return {SIGNATURE: SECRET, "value": crypter.decrypt_value(value)}
    return rebuild(value, lambda part: _decrypt(part, crypter))
