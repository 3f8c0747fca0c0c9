"""The state file: the account as JSON, replaced in one step so that a killed sandbox leaves a whole one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import cattrs
from cattrs.errors import BaseValidationError

from ..errors import StateFileError
from .state import World

_CONVERTER: Final = cattrs.Converter(forbid_extra_keys=True)


def save(path: Path, world: World) -> None:
    """Write the state.

    Raises:
        StateFileError: The file cannot be written.
    """
    written = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        written.touch(mode=0o600)
        written.write_text(json.dumps(_CONVERTER.unstructure(world)), encoding="utf-8")
        written.replace(path)
    except OSError as error:
        raise StateFileError(f"cannot write the state file {path}: {error.strerror}") from error


def load(path: Path) -> World | None:
    """Read the state; None where there is no file yet.

    Raises:
        StateFileError: The file cannot be read, or is not a state file of this version.
    """
    try:
        return _world(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateFileError(f"cannot read the state file {path}: {error.strerror}") from error
    except ValueError as error:
        raise StateFileError(f"{path} is not a state file of this sandbox: {error}; move it away") from error


def _world(content: Any) -> World:
    if not isinstance(content, dict):
        raise ValueError(f"expected an object, got {type(content).__name__}")  # noqa: TRY004  # of the file
    try:
        return _CONVERTER.structure(content, World)
    except BaseValidationError as error:
        raise ValueError("; ".join(cattrs.transform_error(error))) from error
