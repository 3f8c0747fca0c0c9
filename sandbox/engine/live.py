"""Shows a run on a terminal: finished lines above, what runs right now below, each with its last status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

from .display import WORDS, Lines
from .events import Message, StepDone, StepFailed, Summary
from .urn import name_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .events import Event
    from .steps import Step

_LOOKS_PER_SECOND = 4


class LiveDisplay(Lines):
    """Lines, and a row for every step that runs."""

    def __init__(self, *, dry_run: bool) -> None:
        super().__init__(self._print_above, dry_run=dry_run)
        self._statuses: dict[str, str] = {}
        self._running: list[Step] = []
        self._console = Console(highlight=False, soft_wrap=True)
        self._live = Live(
            get_renderable=self._rows, console=self._console, refresh_per_second=_LOOKS_PER_SECOND
        )

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case StepDone(step) | StepFailed(step) if step in self._running:
                self._running.remove(step)
            case Message(urn=urn, text=text, ephemeral=True):
                self._statuses[urn] = text
                return
            case Summary():
                self._live.stop()
        super().__call__(event)

    def _start(self, step: Step) -> None:
        if self._dry_run:
            super()._start(step)
            return
        self._running.append(step)
        self._live.start()

    def _print_above(self, line: str, style: str = "") -> None:
        self._console.print(Text(line, style=style))

    def _rows(self) -> Text:
        rows = (Text(line, style="dim", overflow="ellipsis", no_wrap=True) for line in self._row_texts())
        return Text("\n").join(rows)

    def _row_texts(self) -> Iterator[str]:
        for step in self._running:
            symbol, word, _ = WORDS[step.op]
            status = self._statuses.get(step.urn, "")
            seconds = self._seconds(step)
            yield f" {symbol} {type_of(step.urn)} {name_of(step.urn)} {word} ({seconds:.0f}s) {status}"
