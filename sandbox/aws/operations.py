"""Finds the functions that emulate operations.

A service is a package beside this module. An operation is a public function of one of the package's modules
that has the operation's name in snake case (botocore's ``xform_name``) and turns a ``Call`` into the output
members; to add one is to write it. A package whose stores can be put into the account from outside says in
``CREATE`` which operation makes one, and its member with the client token.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, Final

from botocore import xform_name

from . import healthlake, iam, medical_imaging, resource_tagging, sts
from .call import Call

Operation = Callable[[Call], Mapping[str, Any]]

PACKAGES: Final[Mapping[str, ModuleType]] = {
    "healthlake": healthlake,
    "iam": iam,
    "medical-imaging": medical_imaging,
    "resourcegroupstaggingapi": resource_tagging,
    "sts": sts,
}


def emulated(package: ModuleType, names: list[str]) -> dict[str, Operation]:
    """Return the emulated ones among the operations of a service, by the operation's name.

    Args:
        package: The service's package.
        names: The names of all its operations.
    """
    functions: dict[str, Operation] = {}
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        functions |= {
            name: function
            for name, function in inspect.getmembers(module, inspect.isfunction)
            if function.__module__ == found.name and not name.startswith("_")
        }
    return {name: functions[xform_name(name)] for name in names if xform_name(name) in functions}
