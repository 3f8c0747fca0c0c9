"""Secrets: what must not be shown, and which outputs are secret because they derive from secret inputs. Pure.

Pulumi hands a dynamic provider all values in clear and marks an output as secret only where the input of the
same name was. So the program lists which of a resource's properties hold secrets, and the provider marks
what it derives from them. Source of the mark: Pulumi's property marshalling (``sdk/python/lib/pulumi/runtime/
rpc.py``, the secret signature).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ..kinds.hidden import SECRETS

SHOWN: Final = "[secret]"

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark's published name
_LEAST: Final = 3
"""Shorter texts are everywhere; to hide them would hide everything else, as Pulumi's own filter knows."""
_TELLING: Final = 16
"""A service may cut a long value short in its errors: so much of its beginning is taken for it."""


def texts(*props: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the secret texts in a resource's properties, longest first."""
    found = {
        text
        for values in props
        for name in values.get(SECRETS) or ()
        for text in _leaves(values.get(name))
        if len(text) >= _LEAST
    }
    return tuple(sorted(found, key=len, reverse=True))


def masked(text: str, secrets: Sequence[str]) -> str:
    """Return a text in which secrets, also ones that were cut short, are not shown."""
    for secret in secrets:
        text = text.replace(secret, SHOWN)
        while (start := text.find(secret[:_TELLING])) >= 0 and len(secret) > _TELLING:
            text = text[:start] + SHOWN + text[start + _common(text[start:], secret) :]
    return text


def sealed(outputs: Mapping[str, Any], derived: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return outputs with those marked as secret that derive from properties with secrets.

    Args:
        outputs: All of a resource's outputs, the list of properties with secrets among them.
        derived: The properties that an output derives from, by the output's name.
    """
    secret = set(outputs.get(SECRETS) or ())
    return {
        name: _marked(value) if value is not None and secret.intersection(derived.get(name, ())) else value
        for name, value in outputs.items()
    }


def _marked(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET, "value": value}


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, str):
        yield value


def _common(text: str, secret: str) -> int:
    """Return how many characters two texts begin with alike."""
    return next(
        (at for at, (one, other) in enumerate(zip(text, secret, strict=False)) if one != other),
        min(len(text), len(secret)),
    )
