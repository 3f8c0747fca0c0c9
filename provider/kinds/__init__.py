"""What a resource is to the provider: one row of a table, or any document."""
