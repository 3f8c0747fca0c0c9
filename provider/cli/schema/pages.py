"""The reference of the resources as a page, from the schema: every property as all languages spell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...engine.schema import PACKAGE, snake

_TYPES: Final = "#/types/"

_HEAD: Final = """# Resources

Every resource and function, with all properties. `make schema` generates this page.

| language | spelling of a property | of a resource |
| --- | --- | --- |
| Python, dynamic resources (`pulumi_aws_health_datastores`) | `kms_key_arn` | `HealthImagingDatastore(...)` |
| Python, generated SDK | `kms_key_arn` | `HealthImagingDatastore(...)` |
| TypeScript, Java | `kmsKeyArn` | `new HealthImagingDatastore(...)`, `HealthImagingDatastore` |
| YAML | `kmsKeyArn` | `aws-health-datastores:HealthImagingDatastore` |
| Go, .NET | `KmsKeyArn` | `NewHealthImagingDatastore(...)`, `HealthImagingDatastore` |

Every resource takes Pulumi's resource options. **A replacement of a data store destroys the data in it**; the
preview names the property that asks for it and warns.
"""


def page(schema: Mapping[str, Any]) -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for token, spec in schema["resources"].items():
        parts.append("\n".join(_resource(token, spec, schema)))
    parts.append("## Functions\n")
    for token, spec in schema["functions"].items():
        parts.append("\n".join(_function(token, spec, schema)))
    parts.append("## Types\n")
    used = {reference for spec in schema["resources"].values() for reference in _references(spec, schema)}
    parts.extend("\n".join(_type(token, schema["types"][token], schema)) for token in sorted(used))
    return "\n".join(parts).rstrip() + "\n"


def _resource(token: str, spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    inputs = spec["inputProperties"]
    yield f"## {_name(token)}\n\n{spec['description']}\n"
    yield from _table(inputs, spec.get("requiredInputs", ()), schema)
    outputs = {name: each for name, each in spec["properties"].items() if name not in inputs}
    yield "Outputs, beside the inputs:\n"
    yield from _table(outputs, (), schema)


def _function(token: str, spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {_name(token)}\n\n{spec['description']} It returns what the resource has as outputs.\n"
    yield from _table(spec["inputs"]["properties"], spec["inputs"].get("required", ()), schema)


def _type(token: str, spec: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    if "enum" in spec:
        values = ", ".join(f"`{each['value']}`" for each in spec["enum"])
        yield f"### {_name(token)}\n\nOne of {values}.\n"
        return
    yield f"### {_name(token)}\n\n{spec.get('description', '')}\n"
    yield from _table(spec["properties"], spec.get("required", ()), schema)


def _table(properties: Mapping[str, Any], required: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    yield "| Python | TypeScript, YAML | type | |"
    yield "| --- | --- | --- | --- |"
    for name, spec in properties.items():
        needed = "**Required.** " if name in required else ""
        default = f" `{spec['default']}` by default." if "default" in spec else ""
        text = " ".join(f"{needed}{spec.get('description', '')}{default}".split())
        yield f"| `{snake(name)}` | `{name}` | {_described(spec, schema)} | {text} |"
    yield ""


def _described(spec: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    for each in (spec, *spec.get("oneOf", ())):
        token = str(each.get("$ref", ""))
        if token.startswith(_TYPES):
            name = _name(token)
            return f"[{name}](#{name.lower()})"
    if spec.get("type") == "array":
        return f"list of {_described(spec['items'], schema)}"
    if spec.get("type") == "object":
        return f"map of {_described(spec['additionalProperties'], schema)}"
    return str(spec.get("type", "any"))


def _references(spec: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the types that a part of the schema names, and those that they name."""
    if isinstance(spec, Mapping):
        token = str(spec.get("$ref", ""))
        if token.startswith(_TYPES):
            yield token.removeprefix(_TYPES)
            yield from _references(schema["types"][token.removeprefix(_TYPES)], schema)
        for value in spec.values():
            yield from _references(value, schema)
    elif isinstance(spec, list):
        for value in spec:
            yield from _references(value, schema)


def _name(token: str) -> str:
    return token.removeprefix(_TYPES).removeprefix(f"{PACKAGE}:index:")
