"""The plugin face: the same resources for every Pulumi language, over Pulumi's public provider protocol.

``pulumi-resource-aws-health-datastores`` is the executable that the engine starts. It answers
``pulumirpc.ResourceProvider`` with the verbs that the dynamic face runs, too; what is here is the protocol:
values, spellings, and how changes and failures are told. What resources there are stands in
``engine/schema.json``, which ``python -m provider schema`` generates.
"""
