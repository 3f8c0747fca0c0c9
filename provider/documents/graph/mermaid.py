"""A picture as Mermaid's flowchart text, which GitHub shows in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .picture import Picture, PictureEdge, PictureNode

_SHAPES: Final = {
    "start": ('(["', '"])'),
    "step": ('["', '"]'),
    "channel": ('[/"', '"/]'),
    "workflow": ('[["', '"]]'),
    "end": ('(["', '"])'),
    "failed": ('(["', '"])'),
}
_ARROWS: Final = {"next": "-->", "action": "-->", "poll": "==>", "failure": "-.->", "dependency": "-.-o"}
_ESCAPES: Final = {
    "#": "#35;",
    '"': "#quot;",
    "<": "#lt;",
    ">": "#gt;",
    "&": "#amp;",
    "`": "#96;",
    "\\": "#92;",
}


def mermaid(picture: Picture) -> str:
    """Return the text of a Mermaid flowchart, with a line break at its end."""
    return "\n".join([*_lines(picture), ""])


def _lines(picture: Picture) -> Iterator[str]:
    names = {node.id: f"n{index}" for index, node in enumerate(picture.nodes)}
    yield "flowchart TD"
    for node in picture.nodes:
        yield f"    {names[node.id]}{_shape(node)}"
    for edge in picture.edges:
        yield f"    {names[edge.source]} {_arrow(edge)} {names[edge.target]}"
    yield "    classDef failure stroke:#c0392b,stroke-dasharray:4"
    yield "    classDef success stroke:#27ae60"
    failing = [names[node.id] for node in picture.nodes if node.failing]
    if failing:
        yield f"    class {','.join(failing)} failure"
    ends = [names[node.id] for node in picture.nodes if node.kind == "end"]
    if ends:
        yield f"    class {','.join(ends)} success"


def _shape(node: PictureNode) -> str:
    before, after = _SHAPES[node.kind]
    return f"{before}{'<br/>'.join(map(_escaped, node.lines))}{after}"


def _arrow(edge: PictureEdge) -> str:
    label = "<br/>".join(map(_escaped, edge.labels))
    return f'{_ARROWS[edge.kind]}|"{label}"|' if label else _ARROWS[edge.kind]


def _escaped(text: str) -> str:
    """Return a string as Mermaid takes it inside quotes: entities for all that has a meaning there."""
    return "".join(_ESCAPES.get(letter, letter) for letter in " ".join(text.split()))
