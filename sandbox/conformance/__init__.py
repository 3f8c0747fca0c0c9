"""What is believed of AWS, as data, and a run that confirms it against the sandbox or a real account.

``beliefs.yaml`` is the table; ``python -m sandbox conformance`` runs the probes that it names, over plain
boto3, and writes what was answered.
"""
