"""The engine that started this host; none in any other process."""

from __future__ import annotations

from typing import Final

from ...engine.log import EngineLog, NoEngineError
from . import internals


def _address() -> str | None:
    if not internals.in_stock_host():
        return None
    try:
        return internals.engine_address()
    except internals.MissingPartError as error:
        raise NoEngineError(str(error)) from error


ENGINE: Final = EngineLog(_address)
