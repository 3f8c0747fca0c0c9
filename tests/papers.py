"""The pages of the documentation, and their parts, for the tests that check them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = [
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted(DOCS.glob("*.md")),
]

_FENCED = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return _FENCED.sub("", page.read_text("utf-8"))


def blocks(page: Path, *languages: str) -> list[str]:
    """The code blocks of some languages, without their indentation."""
    return [
        re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)
        for indent, language, text in _FENCED.findall(page.read_text("utf-8"))
        if language in languages
    ]


def links(page: Path) -> list[str]:
    """The targets of a page's links into this repository."""
    return [link for link in _LINK.findall(prose(page)) if not link.startswith(("http://", "https://"))]


def anchors(page: Path) -> set[str]:
    """The anchors that a renderer gives the headings: lower case, words joined by hyphens."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    bare = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in bare}


def section(page: Path, title: str) -> str:
    """The text below a heading, up to the next one."""
    found = re.split(rf"^#+ {re.escape(title)}\n", page.read_text("utf-8"), flags=re.MULTILINE)
    return re.split(r"^#", found[1], flags=re.MULTILINE)[0]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of the rows of the tables in a string, without the heads."""
    lines = text.splitlines()
    heads = {number for number, line in enumerate(lines) if line.startswith("| ---")}
    for number, line in enumerate(lines):
        if line.startswith("| ") and not heads & {number, number + 1}:
            yield [cell.strip() for cell in line.strip("|").split("|")]
