"""AWS HealthImaging and AWS HealthLake data stores for Pulumi, provisioned by running Arazzo workflows."""
