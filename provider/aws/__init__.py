"""AWS as a caller of requests. Only this package imports boto3, and only once something is called."""
