"""How much the laws are tried: ``FUZZ_EXAMPLES=20000 pytest tests/arazzo -k "fuzz or laws"`` tries more."""

from __future__ import annotations

import os


def examples(usual: int) -> int:
    """Return how many examples to try of a law: the usual number, or that of the environment."""
    return int(os.environ.get("FUZZ_EXAMPLES", usual))
