"""The Arazzo documents, and what can be said of one: validation, graph, policy."""
