"""An account to test in: what a test may do in the sandbox's as well as in a real one.

A test that keeps to `Account` can run in either; whatever only the sandbox can do (order a fault, force a
status, turn the clock, show its journal) is not in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.aws import JobView, StoreView


class Account(Protocol):
    """What a test may do anywhere."""

    @property
    def env(self) -> Mapping[str, str]:
        """What a program's environment needs to reach the account; it names the region."""

    def stores(self) -> list[StoreView]:
        """The stores that the test has made so far and that are not deleted."""

    def store(self, datastore_id: str) -> StoreView:
        """One store."""

    def jobs(self) -> list[JobView]:
        """The exports of those stores."""

    def add_store(self, service: str, parameters: dict[str, Any]) -> str:
        """Make a store behind the program's back, and wait until it is ACTIVE; return its id."""

    def remove_store(self, datastore_id: str) -> None:
        """Delete a store behind the program's back, and wait until it is gone."""

    def rename(self, datastore_id: str, name: str) -> None:
        """Change a HealthLake store's name behind the program's back."""

    def set_tags(self, datastore_id: str, tags: dict[str, str]) -> None:
        """Replace a store's tags behind the program's back."""
