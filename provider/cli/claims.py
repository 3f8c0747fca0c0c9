"""``python -m provider claims``: the stores that a run made and that no state is known to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from ..aws.caller import AwsCaller
from ..aws.settings import Settings
from ..kinds.table import KINDS
from ..timing.clock import SYSTEM_CLOCK, chance
from ..verbs.claim_search import claimed_stores
from ..verbs.claims import KEY, Stage
from ..verbs.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..kinds.row import Row
    from ..verbs.claims import Store

SECONDS: Final = 300.0
"""How long the search may take in one service."""


class _Terminal:
    """Tells what the search meets on standard error."""

    def progress(self, message: str, *, ephemeral: bool = True) -> None:
        """Show nothing: the search takes seconds."""

    def info(self, message: str) -> None:
        """Leave a note."""
        click.echo(message, err=True)

    def warn(self, message: str) -> None:
        """Leave a warning."""
        click.echo(f"warning: {message}", err=True)


@click.command("claims")
@click.option("--region", help="The AWS region.")
@click.option("--profile", help="A profile of AWS's configuration files.")
@click.option("--endpoint-url", metavar="URL", help="Where AWS's services are, instead of AWS.")
def command(*, region: str | None, profile: str | None, endpoint_url: str | None) -> None:
    """List the data stores that are being made, or that an interrupted run left behind.

    Each comes with whose it is, since when, and what to do about it. Nothing is changed.
    """
    settings = Settings(region=region, profile=profile, endpoint_url=endpoint_url)
    found = False
    for kind in KINDS.values():
        for store in _claimed(kind, settings) if kind.tags else ():
            found = True
            click.echo(_line(kind, store))
    if not found:
        click.echo("no store carries a claim")


def _claimed(kind: Row, settings: Settings) -> Iterator[Store]:
    session = Session(
        caller=AwsCaller(settings),
        clock=SYSTEM_CLOCK,
        reporter=_Terminal(),
        label=kind.label,
        refusals=kind.refusals,
        chance=chance,
        deadline=SYSTEM_CLOCK.now() + SECONDS,
    )
    return claimed_stores(kind, session)


def _line(kind: Row, store: Store) -> str:
    claim = store.claim
    whose = claim.whose or "an earlier release, which does not say whose it is"
    since = f", since {claim.since}" if claim.since else ""
    return f"{kind.label} {store.id}: {_state(store)} for {whose}{since}; {_advice(store)}"


def _state(store: Store) -> str:
    if store.is_copy:
        return f"copied claim of {store.claim.store_id}, made"
    if store.claim.stage is Stage.MAKING:
        return "in the making, or left behind by an interrupted run,"
    return "made, and perhaps in no state,"


def _advice(store: Store) -> str:
    if store.is_copy:
        return f"remove the tag {KEY}"
    if store.claim.stage is Stage.MAKING:
        return (
            "if no run is at work, the next `pulumi up` that declares the resource takes it over; "
            "else delete it"
        )
    return (
        f'if no stack holds it, adopt it with adopt="{store.id}" or delete it; if one does, `pulumi refresh` '
        f"of that stack removes the tag {KEY}"
    )
