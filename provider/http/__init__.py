"""Sends requests of workflows to any HTTP API that has an OpenAPI description; needs the extra ``http``."""
