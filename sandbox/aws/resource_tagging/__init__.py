"""AWS Resource Groups Tagging API: the tags of resources of all services."""
