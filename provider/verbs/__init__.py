"""What the provider does on each of Pulumi's verbs, a module each: check, diff, create, read, update, delete.

They take a kind (the table's row), plain property values and a session, and know neither the dynamic host
nor boto3.
"""
