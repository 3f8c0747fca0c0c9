"""What a caller, a role and a key allow, decided as IAM decides it.

``policy`` reads policy documents, ``conditions`` and ``decision`` decide, ``needs`` says what a call asks
for, ``guard`` puts these to an emulated account.
"""
