"""AWS STS: who calls, and credentials for a while."""
