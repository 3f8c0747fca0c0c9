"""botocore's service models, read: services and operations, shapes, states, partitions."""
