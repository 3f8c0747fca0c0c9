"""OpenAPI descriptions (3.0, 3.1 and 3.2), read for operations, servers and security."""
