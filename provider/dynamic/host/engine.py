"""The engine that started this host; none in any other process."""

from __future__ import annotations

from typing import Final

from ...engine.log import EngineLog, NoEngineError
from ...engine.run_record import RunRecord
from . import internals


def _address() -> str | None:
    if not internals.in_stock_host():
        return None
    try:
        return internals.engine_address()
    except internals.MissingPartError as error:
        raise NoEngineError(str(error)) from error


def _known_address() -> str | None:
    try:
        return _address()
    except NoEngineError:  # which the first message complains of
        return None


ENGINE: Final = EngineLog(_address)

RUN: Final = RunRecord(_known_address)
"""What the processes of this host's run tell each other."""
