"""The dynamic face: providers for Pulumi's Python dynamic host, and what that host hides."""
