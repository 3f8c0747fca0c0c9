"""A small deployment engine for Pulumi programs whose resources are Python dynamic ones.

It speaks Pulumi's own gRPC to the stock program runtime and the stock dynamic provider host and keeps its state
in Pulumi's own deployment format. It stands in for the ``pulumi`` CLI on one machine; what it does not do, it
refuses by name.
"""
