"""The whole package schema: configuration, resources, functions, and what each language calls the package."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ... import program
from ...aws.configuration.keys import KEYS, Key
from ...engine.schema import PACKAGE, camel
from ...kinds.properties import Change, Property
from ...kinds.table import KINDS
from ...models.services import operation
from ...models.shapes import member_at
from . import docstrings
from .types import ANYTHING, Spec, Types, hints

if typing.TYPE_CHECKING:
    from botocore.model import Shape

    from ...kinds.row import Row

NAMESPACE: Final = "pulumi-health"
REPOSITORY: Final = "https://github.com/pulumi-health/aws-health-datastores"

_LANGUAGES: Final[Spec] = {
    "nodejs": {"respectSchemaVersion": True},
    "python": {"respectSchemaVersion": True, "pyproject": {"enabled": True}},
    "go": {
        "importBasePath": "github.com/pulumi-health/aws-health-datastores/sdk/go/awshealthdatastores",
        "generateResourceContainerTypes": True,
        "respectSchemaVersion": True,
    },
    "csharp": {
        "rootNamespace": "PulumiHealth",
        "namespaces": {PACKAGE: "HealthDatastores", "index": "Index"},
        "respectSchemaVersion": True,
    },
    "java": {"basePackage": "io.github.pulumihealth", "packages": {PACKAGE: "healthdatastores"}},
}

_CHANGES: Final[Mapping[Change, str]] = {
    Change.REPLACE: "A change replaces the resource.",
    Change.RUN: "A change runs the job again.",
}


def package() -> Spec:
    """Return the schema; its version is the one of the distribution, which the plugin reports."""
    types = Types()
    resources = {f"{PACKAGE}:index:{kind.name}": _resource(kind, types) for kind in KINDS.values()}
    resources[f"{PACKAGE}:index:ArazzoWorkflow"] = _workflow(types)
    configuration = {key.name: _key(key, types) for key in KEYS}
    functions = {f"{PACKAGE}:index:get{kind.name}": _function(kind, types) for kind in KINDS.values()}
    return {
        "name": PACKAGE,
        "namespace": NAMESPACE,
        "displayName": "AWS health data stores",
        "version": "0.1.0",
        "description": "AWS HealthImaging and AWS HealthLake data stores, provisioned by Arazzo workflows.",
        "keywords": ["pulumi", "aws", "healthlake", "healthimaging", "fhir", "dicom", "category/cloud"],
        "homepage": REPOSITORY,
        "repository": REPOSITORY,
        "license": "Apache-2.0",
        "publisher": "AWS health data stores",
        "meta": {"moduleFormat": "(.*)", "supportPack": True},
        "language": _LANGUAGES,
        "config": {"variables": configuration},
        "provider": {
            "description": "How AWS is reached; what is left out is left to AWS's own chain.",
            "inputProperties": configuration,
        },
        "types": dict(sorted(types.specs.items())),
        "resources": resources,
        "functions": functions,
    }


def _resource(kind: Row, types: Types) -> Spec:
    declared = getattr(program, kind.name)
    described, annotated = docstrings.documented_members(declared), hints(declared.__init__)
    inputs: Spec = {}
    for row in kind.properties:
        spec = _property(row, kind, types, annotated.get(row.name, str))
        text = described.get(row.name, "")
        said = _CHANGES.get(row.change, "")
        whole = text if not said or "change" in text else f"{text} {said}"
        inputs[camel(row.name)] = {**spec, "description": whole, **_replaces(row)}
        default = _default(declared, row.name)
        if default is not None:
            inputs[camel(row.name)]["default"] = default
    outputs = _reported(kind, types)
    required = [row.name for row in kind.properties if row.required and _default(declared, row.name) is None]
    always = [name for name in kind.descriptions[0].outputs if name != "updated_at"]
    return _described(
        declared,
        kind.name,
        inputs=inputs,
        outputs={**_plain(inputs), **outputs},
        required=required,
        always=[*always, *required, "region"],
    )


def _workflow(types: Types) -> Spec:
    declared = program.ArazzoWorkflow
    described, annotated = docstrings.documented_members(declared), hints(declared.__init__)
    inputs = {
        camel(name): {**_annotated(hint, types), "description": described[name]}
        for name, hint in annotated.items()
        if name not in {"name", "opts", "return"}
    }
    outputs = {
        "outputs": {"type": "object", "additionalProperties": ANYTHING, "description": described["outputs"]},
        "documentHash": {"type": "string", "description": "A hash of the document's text."},
    }
    needed = ["document", "create"]
    return _described(
        declared,
        "ArazzoWorkflow",
        inputs=inputs,
        outputs={**_plain(inputs), **outputs},
        required=needed,
        always=["outputs", *needed],
    )


def _described(
    declared: Any, name: str, *, inputs: Spec, outputs: Spec, required: list[str], always: list[str]
) -> Spec:
    return {
        "description": docstrings.description(declared),
        "inputProperties": inputs,
        "requiredInputs": sorted(map(camel, required)),
        "properties": outputs,
        "required": sorted(set(map(camel, always))),
        "aliases": [{"type": f"pulumi-python:dynamic/health:{name}"}],
    }


def _function(kind: Row, types: Types) -> Spec:
    declared = getattr(program, kind.name)
    described = docstrings.documented_members(declared)
    asked = {
        camel(name): {
            "type": "string",
            "description": described.get(name) or f"The resource's {camel(name)}.",
        }
        for name in (*kind.keyed_by.values(), "region")
    }
    live = {camel(row.name): row for row in kind.properties if row.live is not None and row.live_path}
    annotated = hints(declared.__init__)
    properties = {
        name: {
            **_property(row, kind, types, annotated.get(row.name, str)),
            "description": described.get(row.name, ""),
        }
        for name, row in live.items()
    }
    outputs = {**properties, **_reported(kind, types), "region": asked["region"]}
    return {
        "description": f"Reads an existing {kind.noun} without managing it.",
        "inputs": {"properties": asked, "required": sorted(map(camel, kind.keyed_by.values()))},
        "outputs": {"properties": outputs, "required": sorted(map(camel, kind.descriptions[0].outputs))[:1]},
    }


def _property(row: Property, kind: Row, types: Types, annotation: Any) -> Spec:
    """Return a property's type: from AWS's model where AWS sees it, else as programs annotate it."""
    if row.member and row.change is not Change.TAGS:
        shape = operation(kind.service, row.operation or kind.operation).input_shape
        return types.of_shape(member_at(shape, row.member))
    return _annotated(annotation, types)


def _annotated(annotation: Any, types: Types) -> Spec:
    return types.of_annotation(annotation)


def _replaces(row: Property) -> Spec:
    """Say where the provider replaces; with ``replaceOnChanges`` the engine would not ask the provider."""
    return {"willReplaceOnChanges": True} if row.change is Change.REPLACE else {}


def _reported(kind: Row, types: Types) -> Spec:
    return {
        camel(name): spec for each in kind.descriptions for name, spec in _of_description(kind, each, types)
    }


def _of_description(kind: Row, each: Any, types: Types) -> Iterator[tuple[str, Spec]]:
    output: Shape = operation(kind.service, each.operation).output_shape
    shape = output.members[each.member]
    for name, member in each.outputs.items():
        told = member or each.member
        spec = types.of_shape(shape.members[member] if member else shape, enums=False)
        yield name, {**spec, "description": f"AWS's `{told}`, as {each.operation} returns it."}


def _plain(inputs: Spec) -> Spec:
    """Return inputs as outputs: without defaults."""
    return {
        name: {key: value for key, value in spec.items() if key != "default"} for name, spec in inputs.items()
    }


def _default(declared: Any, name: str) -> Any:
    parameter = inspect.signature(declared.__init__).parameters.get(name)
    return None if parameter is None or parameter.default is parameter.empty else parameter.default


def _key(key: Key, types: Types) -> Spec:
    spec = types.of_form(key.name, key.form)
    return {**spec, "description": key.description, **({"secret": True} if key.secret else {})}
