"""A workflow as a picture: its steps, the ways between them, polls as loops and failures drawn apart.

``picture`` makes the nodes and edges of one workflow; ``mermaid`` and ``dot`` write them as text, ``svg``
draws them. The same document always gives the same text.
"""

from provider.graph.dot import dot, svg
from provider.graph.mermaid import mermaid
from provider.graph.picture import Edge, Node, Picture, picture

__all__ = ["Edge", "Node", "Picture", "dot", "mermaid", "picture", "svg"]
