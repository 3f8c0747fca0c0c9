"""AWS HealthImaging: one function per operation, see ``sandbox.aws.operations``."""
