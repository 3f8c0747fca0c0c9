"""Uniform resource names: ``urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME``."""

from __future__ import annotations

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_PREFIX = "pulumi:providers:"


def make_urn(stack: str, project: str, parent: str, type_: str, name: str) -> str:
    """Build the URN of a resource; the root stack as a parent leaves no trace in it."""
    parent_type = _types(parent) if parent else ""
    prefix = f"{parent_type}$" if parent_type and parent_type != STACK_TYPE else ""
    return f"urn:pulumi:{stack}::{project}::{prefix}{type_}::{name}"


def child_urn(parent: str, type_: str, name: str) -> str:
    """Build the URN of a parent's child."""
    _, project, _, _ = parent.split("::", 3)
    stack = parent.split("::", 1)[0].removeprefix("urn:pulumi:")
    return make_urn(stack, project, parent, type_, name)


def type_of(urn: str) -> str:
    """The resource's own type token."""
    return _types(urn).rsplit("$", 1)[-1]


def name_of(urn: str) -> str:
    """The resource's name in the program."""
    return urn.split("::", 3)[3]


def is_provider(type_: str) -> bool:
    """Whether the type is a provider's own."""
    return type_.startswith(PROVIDER_PREFIX)


def package_of(type_: str) -> str:
    """The package that a type token belongs to; for a provider's own type, the package that it provides."""
    return type_.removeprefix(PROVIDER_PREFIX).split(":", 1)[0]


def _types(urn: str) -> str:
    return urn.split("::", 3)[2]
