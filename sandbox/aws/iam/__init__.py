"""AWS IAM: what a policy allows, without doing it."""
