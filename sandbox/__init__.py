"""All that runs the project on one machine without an account; shares no code with the provider."""
