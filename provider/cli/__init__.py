"""The commands of ``python -m provider``, one module each; its ``command`` is a click command."""
