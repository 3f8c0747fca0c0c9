"""The program tells the providers what it adopts and reads, as early as it can; see ``engine.run_record``."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import Any, Final

import pulumi

from ..engine.run_record import RunRecord

_ENGINE: Final = "--engine"
"""The argument with which Pulumi's Python language host starts a program."""


def _address() -> str | None:
    """Return the engine's ``host:port``; None where whoever runs the program does not give it."""
    given = dict(zip(sys.orig_argv, sys.orig_argv[1:], strict=False))
    return given.get(_ENGINE)


_RECORD: Final = RunRecord(_address, lasts=os.getppid())


def tell_named(name: str, adopt: Any, opts: pulumi.ResourceOptions | None) -> None:
    """Tell the providers what a resource adopts, or reads by its id, once that is known.

    Args:
        name: The resource's name.
        adopt: Its argument ``adopt``.
        opts: Its options.
    """
    for value, way in ((adopt, "adopts"), (opts and opts.id, "reads")):
        tell = partial(_tell, name, way)
        if value is None or isinstance(value, str):
            tell(value)
        else:
            pulumi.Output.from_input(value).apply(tell)


def _tell(name: str, way: str, value: Any) -> None:
    if isinstance(value, str):
        _RECORD.tell(value, name, way)
