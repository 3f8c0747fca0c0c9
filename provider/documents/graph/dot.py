"""A picture as DOT text, and as SVG drawn from it by Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .picture import Picture, PictureEdge, PictureNode

_SHAPES: Final = {
    "start": "shape=oval",
    "step": "shape=box, style=rounded",
    "channel": "shape=parallelogram",
    "workflow": "shape=box, peripheries=2",
    "end": 'shape=oval, color="#27ae60"',
    "failed": 'shape=oval, color="#c0392b"',
}
_LINES: Final = {
    "next": "",
    "action": "",
    "poll": "penwidth=2",
    "failure": 'style=dashed, color="#c0392b", fontcolor="#c0392b"',
    "dependency": "style=dotted, arrowhead=odot, constraint=false",
}
_FAILING: Final = 'style="rounded,dashed", color="#c0392b"'


def dot(picture: Picture) -> str:
    """Return the text of a graph in Graphviz's language, with a line break at its end."""
    return "\n".join([*_lines(picture), ""])


def svg(picture: Picture) -> str:
    """Draw a picture as SVG.

    Raises:
        ConfigurationError: The package pygraphviz is not installed.
    """
    try:
        from pygraphviz import AGraph  # noqa: PLC0415 - only whoever wants SVG needs the package
    except ImportError as error:
        hint = "install it with pip install pygraphviz, or ask for mermaid or dot"
        raise ConfigurationError("SVG is drawn by pygraphviz, which is missing", hint=hint) from error
    drawn: bytes = AGraph(string=dot(picture)).draw(format="svg", prog="dot")
    return drawn.decode()


def _lines(picture: Picture) -> Iterator[str]:
    names = {node.id: f"n{index}" for index, node in enumerate(picture.nodes)}
    yield f"digraph {_quoted(picture.title)} {{"
    yield '  node [fontname="Helvetica", fontsize=11]'
    yield '  edge [fontname="Helvetica", fontsize=10]'
    for node in picture.nodes:
        yield f"  {names[node.id]} [{', '.join(_node_attributes(node))}]"
    for edge in picture.edges:
        attributes = ", ".join(_edge_attributes(edge))
        yield f"  {names[edge.source]} -> {names[edge.target]}{f' [{attributes}]' if attributes else ''}"
    yield "}"


def _node_attributes(node: PictureNode) -> Iterator[str]:
    yield f"label={_quoted(*node.lines)}"
    yield _SHAPES[node.kind]
    if node.failing and node.kind != "failed":
        yield _FAILING


def _edge_attributes(edge: PictureEdge) -> Iterator[str]:
    if edge.labels:
        yield f"label={_quoted(*edge.labels)}"
    if _LINES[edge.kind]:
        yield _LINES[edge.kind]


def _quoted(*lines: str) -> str:
    r"""Return lines as one quoted string of DOT, whose only escapes are ``\"``, ``\\`` and ``\n``."""
    texts = (" ".join(line.split()).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(texts) + '"'
