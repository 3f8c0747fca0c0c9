"""What the project's files say: ``Pulumi.yaml`` and ``Pulumi.STACK.yaml``."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from .errors import EngineError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True)
class Project:
    """A project and one of its stacks.

    Attributes:
        root: The folder of ``Pulumi.yaml``.
        main: The program: a folder with a ``__main__.py``, or a file.
        python: The interpreter that runs the program and its providers.
        options: The runtime's options, as ``Pulumi.yaml`` has them.
        config: Full key to value, both as text; objects are JSON.
        secret_keys: The keys whose values are secrets.
    """

    name: str
    stack: str
    root: Path
    main: Path
    python: str
    options: Mapping[str, Any]
    config: Mapping[str, str]
    secret_keys: frozenset[str]

    @property
    def stack_urn(self) -> str:
        """The URN of the root stack."""
        return f"urn:pulumi:{self.stack}::{self.name}::pulumi:pulumi:Stack::{self.name}-{self.stack}"


def load_project(
    root: Path, stack: str, overrides: Sequence[str], decrypt: Callable[[str, str], str]
) -> Project:
    """Read a project's files.

    Args:
        root: The folder of ``Pulumi.yaml``.
        stack: The stack's name.
        overrides: ``key=value`` pairs that go before the stack's file; a key without a namespace is the
            project's.
        decrypt: Decrypts a ``secure:`` value, given the file's ``encryptionsalt``.

    Raises:
        EngineError: A file is missing or malformed.
        UnsupportedError: The project is not a Python one.
    """
    settings = _read(root / "Pulumi.yaml")
    runtime = settings.get("runtime")
    runtime = {"name": runtime} if isinstance(runtime, str) else runtime or {}
    name = settings.get("name")
    if not isinstance(name, str):
        raise EngineError(f"{root / 'Pulumi.yaml'} has no name")
    if runtime.get("name") != "python":
        raise UnsupportedError(f"the runtime {runtime.get('name')!r}")
    options = runtime.get("options") or {}
    config, secret_keys = _read_config(root, name, stack, decrypt)
    for pair in overrides:
        key, separator, value = pair.partition("=")
        if not separator:
            raise EngineError(f"--config takes key=value, not {pair!r}")
        config[_full_key(key, name)] = value
    return Project(
        name=name,
        stack=stack,
        root=root,
        main=root / settings.get("main", "."),
        python=_interpreter(root, options.get("virtualenv")),
        options=options,
        config=config,
        secret_keys=frozenset(secret_keys & set(config)),
    )


def _read_config(
    root: Path, project: str, stack: str, decrypt: Callable[[str, str], str]
) -> tuple[dict[str, str], set[str]]:
    path = root / f"Pulumi.{stack}.yaml"
    settings = _read(path) if path.exists() else {}
    config: dict[str, str] = {}
    secret_keys: set[str] = set()
    for key, value in (settings.get("config") or {}).items():
        full = _full_key(key, project)
        if isinstance(value, dict) and set(value) == {"secure"}:
            value = decrypt(settings.get("encryptionsalt", ""), value["secure"])  # noqa: PLW2901  decoded in place
            secret_keys.add(full)
        config[full] = value if isinstance(value, str) else json.dumps(value)
    return config, secret_keys


def _full_key(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _interpreter(root: Path, virtualenv: str | None) -> str:
    """The project's own interpreter, as the CLI finds it; else the one that runs the engine."""
    if virtualenv and (python := root / virtualenv / "bin" / "python").exists():
        return str(python)
    return os.environ.get("PULUMI_PYTHON_CMD", sys.executable)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError as error:
        raise EngineError(
            f"there is no {path.name} in {path.parent}; --cwd names the project's folder"
        ) from error
    except yaml.YAMLError as error:
        raise EngineError(f"{path} is not YAML: {error}") from error
    if not isinstance(document, dict):
        raise EngineError(f"{path} is not a mapping")
    return document
