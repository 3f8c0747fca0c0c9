"""A small deployment engine for Pulumi programs whose resources are Python dynamic ones.

It speaks Pulumi's own gRPC to the program and to the stock dynamic provider host, and keeps its state in
Pulumi's own deployment format. It stands in for the ``pulumi`` CLI on one machine; what it does not do, it
refuses by name.

A registration's way: `monitor` reads it into a `goal`, `planner` decides the `steps` (`names` finds the old
state, `appraiser` asks the provider), `executor` runs them (`effects` does what they say, `state` holds what
came of it), `run` starts and ends the processes, `events` tell `display` and `recorder`.
"""
