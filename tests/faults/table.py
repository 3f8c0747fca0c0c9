"""The table of the fault matrix: what a run writes of its cells, on the terminal and into a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

FILE = Path(__file__).parents[2] / ".sandbox" / "fault-matrix.md"
CELL = "cell"
LEGEND = (
    "Runs until state and cloud agreed (1: the run itself got over it, 2: one more up did); x: not in two."
)

Cells = dict[tuple[str, str], dict[str, str]]


def collected(reporter: pytest.TerminalReporter) -> Cells:
    """Return the cells by row (scene, request) and column (fault), in their places whatever ran first."""
    found = [
        (*value, outcome)
        for outcome in ("passed", "failed")
        for report in reporter.stats.get(outcome, [])
        for name, value in getattr(report, "user_properties", ())
        if name == CELL and report.when == "call"
    ]
    cells: Cells = {}
    for _row, _column, scene, operation, fault, runs, outcome in sorted(found):
        cells.setdefault((scene, operation), {})[fault] = str(runs) if outcome == "passed" else "x"
    return cells


def lines(cells: Cells) -> list[str]:
    """Return the table as Markdown."""
    faults = list(dict.fromkeys(fault for row in cells.values() for fault in row))
    header = ["scene", "request", *faults]
    rows = [[*row, *(cells[row].get(fault, "") for fault in faults)] for row in cells]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (header, ["-" * width for width in widths], *rows)
    ]
    return [LEGEND, "", *text]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the table, and keep it in a file."""
    cells = collected(terminalreporter)
    if not cells:
        return
    table = lines(cells)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text("\n".join(["# Fault matrix", "", *table, ""]))
    count = sum(len(row) for row in cells.values())
    terminalreporter.section(f"fault matrix: {count} cells, also in {FILE.relative_to(Path.cwd())}")
    for line in table:
        terminalreporter.write_line(line)
