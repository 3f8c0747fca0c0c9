"""AWS HealthLake: one function per operation, see ``sandbox.aws.operations``."""
