"""Values with expressions in them, against botocore's shapes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ...arazzo import expressions, templates
from ...arazzo.faults import clipped
from ...arazzo.parse.names import inputs_of
from ...arazzo.selectors import Selector
from ...models import wire
from ...models.shapes import faults as literal_faults
from ...nearest import did_you_mean
from .answers import shape_of
from .walk import JSON_TYPES, Lost, members_at, walk_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import Shape

    from ...arazzo.expressions import Expression
    from ...arazzo.parse.cursor import NodeCursor
    from ...arazzo.protocol import JSON
    from ...arazzo.templates import Template
    from .calls import ServiceCall

_KINDS: Final = {
    dict: "object",
    list: "array",
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
}
_FITS: Final = {("integer", "number"), ("number", "integer")}
"""Pairs of types that go together: JSON does not tell 1 from 1.0."""


@dataclass(frozen=True, slots=True)
class Payload:
    """Checks the values that a call sends; ``calls`` are its workflow's, whose outputs it may send on."""

    call: ServiceCall
    calls: Mapping[str, ServiceCall]

    def value(self, value: JSON, shape: Shape, cursor: NodeCursor, name: str = "") -> None:
        """Write down what is wrong with the value of a member (the whole payload if it has no name)."""
        if value is None or getattr(shape, "is_document_type", False):
            return
        if isinstance(value, dict) and shape.type_name == "list" and self._in_xml():
            value = wire.elements(shape, value)
        if isinstance(value, str) and "$" in value and any(templates.parse_template(value).expressions()):
            self._text(value, shape, cursor, name)
        elif isinstance(value, dict) and shape.type_name == "structure":
            self.members(value, shape, cursor, name)
        elif isinstance(value, dict) and shape.type_name == "map":
            for key, inner in value.items():
                self.value(inner, shape.value, cursor.child(key) or cursor, f"{name}.{key}")
        elif isinstance(value, list) and shape.type_name == "list":
            for index, inner in enumerate(value):
                self.value(inner, shape.member, cursor.at(f"/{index}"), f"{name}[{index}]")
        else:
            self._literal(value, shape, cursor, name)

    def on_wire(self, value: Template, shape: Any, cursor: NodeCursor, name: str) -> None:
        """Check a parameter's value: in a path, a query or a header everything is text."""
        source = value.source
        if shape.type_name == "list" and not isinstance(source, list):
            if self._is_array(source):
                return
            shape = shape.member  # a single value stands for a list of it
        if isinstance(source, str) and self._is_text_of(shape, value):
            return
        if isinstance(source, bool | int | float) and shape.type_name == "string":
            source = json.dumps(source)
        self.value(source, shape, cursor, name)

    def _is_array(self, source: JSON) -> bool:
        """Whether an expression gives an array, or may."""
        if not isinstance(source, str) or not expressions.is_expression(source):
            return False
        types = self._types(expressions.parse_expression(source), self.call.cursor)
        return not types or "array" in types

    def _is_text_of(self, shape: Shape, value: Template) -> bool:
        """Whether a string stands for a number or a truth value."""
        if shape.type_name == "boolean":
            return value.source in ("true", "false") or any(value.expressions())
        if shape.type_name in ("integer", "long"):
            return value.source.removeprefix("-").isdecimal() or any(value.expressions())
        return False

    def whole(self, value: JSON, shape: Shape, cursor: NodeCursor, name: str) -> None:
        """Check the member that is the whole payload: bytes hold any value, XML is read as it is sent."""
        if shape.type_name in ("blob", "string"):
            return
        if isinstance(value, str) and value.lstrip().startswith("<"):
            return
        self.value(value, shape, cursor, name)

    def members(self, value: dict[str, JSON], shape: Any, cursor: NodeCursor, path: str = "") -> set[str]:
        """Write down what is wrong with a structure's members; return those that are given.

        At the top (no path) required members are the caller's business, who knows what else gives them.
        """
        known, given = members_at(shape), set()
        own = {id(member): name for name, member in shape.members.items()}
        for key, inner in value.items():
            at = cursor.child(key) or cursor
            if key not in known:
                message = f"{self._named(path)} has no {clipped(key)}"
                at.fault("unknown-member", message, did_you_mean(key, shape.members))
                continue
            self.value(inner, known[key], at, f"{path}.{key}".lstrip("."))
            name = own[id(known[key])]
            if inner is not None:
                given.add(name)
            if name in shape.required_members:
                self._required(inner, name, at)
        for name in shape.required_members if path else ():
            if name not in given:
                message = f"{self._named(path)} requires {name}"
                cursor.fault("missing-member", message, f"add {name}")
        return given

    def _required(self, value: JSON, name: str, cursor: NodeCursor) -> None:
        """Warn of a required member that comes from an input that may be unset."""
        schema = self.call.workflow.inputs
        if not isinstance(value, str) or not isinstance(schema, dict) or not expressions.is_expression(value):
            return
        found = expressions.parse_expression(value)
        known, _ = inputs_of(schema)
        if found.root != "inputs" or known is None or "allOf" in schema or "anyOf" in schema:
            return
        property_ = schema.get("properties", {}).get(found.name)
        if property_ is None or found.name in schema.get("required", ()) or "default" in property_:
            return
        message = f"{self.call.model.name} requires {name}, but the input {found.name} may be unset"
        cursor.fault("may-be-unset", message, f"add {found.name} to the inputs' required", severity="warning")

    def _text(self, value: str, shape: Shape, cursor: NodeCursor, name: str) -> None:
        """Compare the type of what a string with expressions gives with the shape's."""
        expected = JSON_TYPES[shape.type_name]
        whole = expressions.is_expression(value)
        found = self._types(expressions.parse_expression(value), cursor) if whole else {"string"}
        if not found or any(each == expected or (each, expected) in _FITS for each in found):
            return
        if expected == "array" and "object" in found and self._in_xml():
            return  # {"Tag": [...]}, as XML nests a list
        self._wrong_type(f"{clipped(value)} is {_listed(found)}", shape, cursor, name)

    def _in_xml(self) -> bool:
        return self.call.model.service_model.protocol in wire.XML_PROTOCOLS

    def _types(self, expression: Expression, cursor: NodeCursor) -> set[str]:
        """Return the types that an expression's value may have, none where nothing is known."""
        if expression.root == "inputs":
            return _input_types(self.call.workflow.inputs, expression)
        if expression.root == "steps":
            return self._output_types(expression, cursor)
        return set()

    def _output_types(self, expression: Expression, cursor: NodeCursor) -> set[str]:
        """Return the type of a step's output, or of what an expression takes from it."""
        for reading in expression.readings:
            source = self.calls.get(reading.owner)
            output = source.step.outputs.get(reading.name) if source else None
            if isinstance(output, Selector):
                continue  # what it selects has no shape here
            if source is None or output is None or output.root != "response.body":
                continue
            shape = shape_of(source, output)
            if shape is None or isinstance(shape, Lost):
                return set()
            found = walk_path(shape, (*reading.members, *(expression.pointer or ())))
            if isinstance(found, Lost):
                message = f"{clipped(expression.text)}: {found.inside} has no {clipped(found.name)}"
                cursor.fault("unknown-member", message, did_you_mean(found.name, found.known))
            return {JSON_TYPES[found.type_name]} if found and not isinstance(found, Lost) else set()
        return set()

    def _literal(self, value: JSON, shape: Shape, cursor: NodeCursor, name: str) -> None:
        """Check a value without expressions with the rules that resources' properties follow."""
        kind, expected = _KINDS.get(type(value), "null"), JSON_TYPES[shape.type_name]
        if shape.type_name in ("timestamp", "blob"):
            return
        if kind != expected and (kind, expected) not in _FITS:
            self._wrong_type(f"here stands {_article(kind)}", shape, cursor, name)
            return
        for fault in literal_faults(shape, value, self._named(name)):
            cursor.fault("wrong-value", f"{fault.path} {fault.reason}")

    def _wrong_type(self, what: str, shape: Shape, cursor: NodeCursor, name: str) -> None:
        expected = _article(JSON_TYPES[shape.type_name])
        cursor.fault("wrong-type", f"{what}, but {self._named(name)} is {expected}", f"give {expected}")

    def _named(self, name: str) -> str:
        return f"{name} of {self.call.model.name}" if name else self.call.model.name


def _input_types(schema: JSON, expression: Expression) -> set[str]:
    """Return the types that the inputs' schema allows for a whole input."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    for reading in expression.readings:
        found = (properties or {}).get(reading.name)
        if not isinstance(found, dict) or reading.members or expression.pointer:
            continue
        types = found.get("type")
        return {types} if isinstance(types, str) else set(types or ())
    return set()


def _article(type_: str) -> str:
    return f"{'an' if type_[0] in 'aio' else 'a'} {type_}"


def _listed(types: set[str]) -> str:
    return " or ".join(_article(each) for each in sorted(types))
