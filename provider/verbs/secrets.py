"""Secrets: what must not be shown, and which outputs are secret because they derive from secret inputs. Pure.

Pulumi hands a dynamic provider all values in clear and marks an output as secret only where the input of the
same name was. So the program lists which of a resource's properties hold secrets, and the provider marks
what it derives from them. Source of the mark: Pulumi's property marshalling (``sdk/python/lib/pulumi/runtime/
rpc.py``, the secret signature).
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, quote_plus

from ..kinds.hidden import SECRETS

SHOWN: Final = "[secret]"

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark's published name
_LEAST: Final = 3
"""Shorter strings are everywhere; to hide them would hide everything else, as Pulumi's own filter knows."""
_LOOSE: Final = 8
"""Strings of this length are told apart even without the space and the backslashes in them."""
_HEX: Final = re.compile("%[0-9A-F]{2}")
_TELLING: Final = 16
"""A service may cut a long value short in its errors: so much of its beginning is taken for it."""


def texts(*props: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the secret strings in a resource's properties, longest first."""
    found = {
        text
        for values in props
        for name in values.get(SECRETS) or ()
        for text in leaves(values.get(name))
        if len(text) >= _LEAST
    }
    return tuple(sorted(found, key=len, reverse=True))


def masked(text: str, secrets: Sequence[str]) -> str:
    """Return a string in which secrets are not shown, however a service echoes them.

    A secret is found as it is, escaped (JSON, also twice; XML; URL), in base64, split over lines, and where a
    service cut it short.
    """
    for secret in secrets:
        text = _without(text, _forms(secret))
    return text


def _forms(secret: str) -> tuple[str, ...]:
    """Return a secret as services may echo it, longest first."""
    forms = {secret}
    if len(secret) >= _LOOSE:
        forms |= {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], ascii(secret)[1:-1]}
        forms |= {
            quote(secret),
            quote(secret, safe=""),
            quote(secret, safe="!'()*"),
            quote_plus(secret),
            html.escape(secret),
        }
        forms |= {_HEX.sub(lambda found: found[0].lower(), form) for form in forms}
        forms |= set(_base64(secret.encode()))
    return tuple(sorted(forms, key=len, reverse=True))


def _base64(secret: bytes) -> Iterator[str]:
    """Yield the secret in base64 and base64url, wherever in an encoded value it begins."""
    for before, lead in enumerate((0, 2, 3)):
        whole = (len(secret) + before) // 3 * 4  # the last, partial group depends on what follows
        encoded = base64.b64encode(bytes(before) + secret).decode()[lead:whole]
        if len(encoded) >= _LOOSE:
            yield encoded
            yield encoded.translate(str.maketrans("+/", "-_"))


def _without(text: str, forms: Sequence[str]) -> str:
    """Return a string without a secret in any form, whatever space or backslash a long one is echoed with."""
    places = [at for at, each in enumerate(text) if not _skipped(each)]
    squeezed = "".join(text[at] for at in places)
    sought = ["".join(each for each in form if not _skipped(each)) for form in forms]
    for start, end in reversed(list(_found(squeezed, [form for form in sought if len(form) >= _LOOSE]))):
        text = text[: places[start]] + SHOWN + text[places[end - 1] + 1 :]
    for form, loose in zip(forms, sought, strict=True):
        text = text if len(loose) >= _LOOSE else text.replace(form, SHOWN)
    return text


def _found(text: str, forms: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where a secret stands in one of its forms, or a telling beginning of it, the longest first."""
    start = 0
    while True:
        hits = [(at, form) for form in forms if (at := text.find(form[:_TELLING], start)) >= 0]
        if not hits:
            return
        first = min(at for at, _ in hits)
        ends = [first + _common(text[first : first + len(form)], form) for at, form in hits if at == first]
        start = max(ends)
        yield first, start


def _skipped(each: str) -> bool:
    return each.isspace() or each == "\\"


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


def leaves(value: Any) -> Iterator[str]:
    """Yield the strings in a value, at whatever depth."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, str):
        yield value


def _common(text: str, secret: str) -> int:
    """Return how many characters two strings begin with alike."""
    return next(
        (at for at, (one, other) in enumerate(zip(text, secret, strict=False)) if one != other),
        min(len(text), len(secret)),
    )
