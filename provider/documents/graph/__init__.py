"""A workflow as a picture: its steps, the ways between them, polls as loops and failures drawn apart.

``picture`` makes the nodes and edges of one workflow; ``mermaid`` and ``dot`` write them as text, ``svg``
draws them. The same document always gives the same text.
"""

from .dot import dot, svg
from .mermaid import mermaid
from .picture import Picture, PictureEdge, PictureNode, picture

__all__ = ["Picture", "PictureEdge", "PictureNode", "dot", "mermaid", "picture", "svg"]
