"""The hidden keys of a resource's inputs and outputs: what the provider keeps in a state for itself.

Users never write them. All begin with two underscores, as Pulumi's own hidden keys do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

TOKEN: Final = "__token"  # noqa: S105 - the input's name: a nonce of one creation, no secret
"""The input that names one creation of a resource; idempotency tokens and the claim derive from it."""

BEFORE: Final = "__before"
"""The input that names the stores, and their creations, in whose place a resource was made."""

DEFAULTS: Final = "__defaults"
"""The input that holds the values which the provider gave to properties that the user left to it.

It stays when the user gives a value of their own, or the engine would show its going in every such diff. (A
state of an earlier release has a list of the properties' names.)
"""

CONFIGURED: Final = "__configured"
"""The input that names the properties whose values the stack's configuration gave."""

SECRETS: Final = "__secrets"
"""The input that names the properties in which the program put a secret."""

REPLACING: Final = "__replacing"
"""The input that names the properties a change of which is to replace (the option ``replace_on_changes``)."""

ORGANIZATION: Final = "__organization"
"""The input that holds the stack's organization."""

RESUME: Final = "__resume"
"""The output that says how to go on with what was interrupted; not there once all is done."""

CLAIMED: Final = "__claimed"
"""The output that says that the claim may still be on the store."""

CREATION: Final = "__creation"
"""The output that names the creation which the store's claim and all idempotency tokens derive from."""

ACCOUNT: Final = "__account"
"""The output that names the account of a resource whose outputs hold no ARN of its own."""

ANSWERED: Final = "__answered"
"""Among the outputs that a run gathers, the last step that was answered with success; never in a state."""


def left_to_provider(values: Mapping[str, Any]) -> set[str]:
    """Return the names of the properties that have the value which the provider gave them."""
    given = values.get(DEFAULTS) or {}
    if not isinstance(given, Mapping):
        return set(given)
    return {name for name, value in given.items() if values.get(name) == value}
