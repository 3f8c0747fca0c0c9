"""A workflow's inputs: a JSON Schema 2020-12 whose references into the components are written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...nearest import did_you_mean
from ..faults import clipped
from ..tree import MAX_NODES
from . import keywords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..protocol import JSON
    from .cursor import NodeCursor

_COMPONENT: Final = "#/components/inputs/"
_METASCHEMA: Final = "https://json-schema.org/"


def resolve_inputs(cursor: NodeCursor | None, components: Mapping[str, NodeCursor]) -> JSON:
    """Return the schema of a workflow's inputs, references into the components written out, or None."""
    if cursor is None:
        return None
    if not isinstance(cursor.value, (dict, bool)):
        cursor.fault("wrong-type", "inputs is not a JSON Schema", "write it as type: object with properties")
        return None
    return _Resolver(components).schema(cursor, cursor, ())


class _Resolver:
    """Writes out the references of one schema."""

    def __init__(self, components: Mapping[str, NodeCursor]) -> None:
        self._components = components

    def schema(self, cursor: NodeCursor, root: NodeCursor, inside: tuple[str, ...]) -> JSON:
        """Return one value of the schema; ``inside`` are the components that it is part of."""
        if isinstance(cursor.value, bool):
            return cursor.value
        if not isinstance(cursor.value, dict):
            cursor.fault("wrong-type", "this is not a JSON Schema", "write it as a mapping")
            return True
        rest = {
            key: self._keyword(key, each, root, inside) for key, each in cursor.children() if key != "$ref"
        }
        reference = cursor.child("$ref")
        if reference is None:
            return rest
        if not isinstance(reference.value, str):
            reference.fault("wrong-type", "a reference must be a string", f"write it as {_COMPONENT}<name>")
            return rest
        return self._joined(self._target(reference, root, inside), rest)

    def _keyword(self, key: str, cursor: NodeCursor, root: NodeCursor, inside: tuple[str, ...]) -> JSON:
        """Return the value of a keyword; what other keywords hold is kept as it is."""
        if key in keywords.ONE:
            return self.schema(cursor, root, inside)
        if key in keywords.SEVERAL and _is(cursor, list, "a list of schemas"):
            if not cursor.value:
                cursor.fault("empty-list", f"{key} is empty", "it needs at least one schema")
            return [self.schema(each, root, inside) for each in cursor.elements()]
        if key in keywords.NAMED and _is(cursor, dict, "a mapping of names to schemas"):
            return {name: self.schema(each, root, inside) for name, each in cursor.children()}
        keywords.check_keywords(key, cursor)
        return cursor.value

    @staticmethod
    def _joined(target: JSON, rest: dict[str, JSON]) -> JSON:
        """Return a schema that asks for both; JSON Schema 2020-12 allows keywords beside a reference."""
        if not rest:
            return target
        return {**rest, "allOf": [*rest.get("allOf", []), target]}

    def _target(self, reference: NodeCursor, root: NodeCursor, inside: tuple[str, ...]) -> JSON:
        """Return what a reference stands for, or the reference where the validator can follow it."""
        text = reference.value
        kept = {"$ref": text}
        if text.startswith(_COMPONENT):
            return self._component(reference, text[len(_COMPONENT) :], inside)
        if text.startswith(_METASCHEMA):
            return kept
        if not text.startswith("#"):
            message = f"the schema refers to {clipped(text)}, and nothing is fetched"
            reference.fault("remote-schema", message, "copy the schema into components.inputs")
        elif text.startswith("#/") and root.at(text[1:]).path != root.path + text[1:]:
            self._unknown(reference)
        elif len(text) > 1 and not text.startswith("#/") and _anchored(root, text[1:]) is None:
            return self._anchor(reference, text[1:], inside)
        return kept

    def _component(self, reference: NodeCursor, pointer: str, inside: tuple[str, ...]) -> JSON:
        """Return a component, or a part of one (``#/components/inputs/page/properties/size``)."""
        first, slash, rest = pointer.partition("/")
        name = first.replace("~1", "/").replace("~0", "~")
        if name not in self._components:
            message = f"there is no components.inputs.{name}"
            reference.fault("unknown-component", message, did_you_mean(name, self._components))
            return True
        component = self._components[name]
        part = component.at(slash + rest)
        if part.path != f"{component.path}{slash}{rest}":
            self._unknown(reference)
            return True
        return self._written_out(reference, part, component, inside)

    def _anchor(self, reference: NodeCursor, name: str, inside: tuple[str, ...]) -> JSON:
        """Return what an anchor in the components stands for (Arazzo 1.1.0, Resolving URI Fragments)."""
        for component in self._components.values():
            found = _anchored(component, name)
            if found is not None:
                return self._written_out(reference, found, component, inside)
        self._unknown(reference)
        return True

    def _written_out(
        self, reference: NodeCursor, part: NodeCursor, root: NodeCursor, inside: tuple[str, ...]
    ) -> JSON:
        if part.path in inside:
            name = part.path.removeprefix("/").replace("/", ".")
            reference.fault("endless-reference", f"{name} refers to itself", "write it out")
            return True
        reference.scope.ledger.spend(part.node.size, MAX_NODES, reference.place)
        return self.schema(part, root, (*inside, part.path))

    @staticmethod
    def _unknown(reference: NodeCursor) -> None:
        message = f"the schema has no {clipped(reference.value)}"
        reference.fault("unknown-reference", message, f"refer to {_COMPONENT}<name>")


def _anchored(cursor: NodeCursor, name: str) -> NodeCursor | None:
    """Return the schema inside a schema, or that itself, that an anchor names."""
    return next(
        cursor.within_value(lambda value: isinstance(value, dict) and value.get("$anchor") == name), None
    )


def _is(cursor: NodeCursor, kind: type, expected: str) -> bool:
    if not isinstance(cursor.value, kind):
        cursor.fault("wrong-type", f"expected {expected}")
    return isinstance(cursor.value, kind)
