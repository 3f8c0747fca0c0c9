"""JSON Schema 2020-12 by the library `jsonschema`, kept from the network and from runaway patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from .. import patterns
from ..verdicts import Undecided

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..protocol import JSON

_SHOWN: Final = 60
_NO_FORMATS: Final = FormatChecker(formats=())
"""Formats are notes (section 7 of the vocabulary), and Python's `re` cannot judge ECMA-262's patterns."""


def schema_faults(schema: JSON, value: JSON) -> list[str]:
    """Return what a schema finds wrong with a value, each as ``path: what``; empty where it is valid.

    A schema that cannot be used (no schema, references that lead nowhere or round in circles) is a fault too.
    References to other documents are not followed.
    """
    try:
        Draft202012Validator.check_schema(schema, format_checker=_NO_FORMATS)
        validator = _VALIDATOR(schema, registry=Registry())
        errors = sorted(
            validator.iter_errors(value), key=lambda each: [str(part) for part in each.absolute_path]
        )
    except SchemaError as error:
        return [f"the inputs' schema is not a JSON Schema: {_shorten(error.message)}"]
    except Unresolvable as error:
        return [f"the inputs' schema refers to something that does not exist: {_shorten(str(error))}"]
    except (RecursionError, Undecided, patterns.PatternError) as error:
        return [f"the inputs' schema cannot be decided: {_shorten(str(error) or type(error).__name__)}"]
    return list(dict.fromkeys(_sentence(error) for error in errors))


def _matches(pattern: str, text: str) -> bool:
    return patterns.matches(patterns.compile_pattern(pattern), text)


def _pattern(validator: Any, pattern: str, value: JSON, _schema: JSON) -> Iterator[ValidationError]:
    if validator.is_type(value, "string") and not _matches(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, inner: dict[str, JSON], value: JSON, _schema: JSON
) -> Iterator[ValidationError]:
    for pattern, schema in inner.items() if validator.is_type(value, "object") else ():
        for name in [name for name in value if _matches(pattern, name)]:
            yield from validator.descend(value[name], schema, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, inner: JSON, value: JSON, schema: JSON
) -> Iterator[ValidationError]:
    if not validator.is_type(value, "object"):
        return
    for name in value:
        named = name in schema.get("properties", {})
        if not named and not any(_matches(each, name) for each in schema.get("patternProperties", {})):
            yield from (
                [ValidationError("the schema has no such property", path=[name])]
                if inner is False
                else validator.descend(value[name], inner, path=name)
            )


_VALIDATOR: Final[Any] = extend(  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
)
"""Its patterns end in time (sections 10.3.2 of the core, 6.3.3 of the validation)."""


def _sentence(error: ValidationError) -> str:
    """Return an error as `path: what`, without the value where the schema marks it as one to hide."""
    where = ".".join(str(part) for part in error.absolute_path)
    instance: Any = error.instance
    required: Any = error.validator_value
    if error.validator == "required":
        missing = [name for name in required if name not in instance]
        return "; ".join(f"{where}.{name} is missing".lstrip(".") for name in missing)
    return f"{where or 'the inputs'}: {_what(error)}"


def _what(error: ValidationError) -> str:
    schema: Any = error.schema
    hidden = isinstance(schema, dict) and (schema.get("writeOnly") or schema.get("format") == "password")
    return f"does not fit the schema's {error.validator}" if hidden else _shorten(error.message)


def _shorten(message: str) -> str:
    return message if len(message) <= 2 * _SHOWN else f"{message[:_SHOWN]} ... {message[-_SHOWN:]}"
