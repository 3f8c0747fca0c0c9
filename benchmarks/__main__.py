"""``python -m benchmarks [NAME...]``: runs the benchmarks of this folder, or those that are named.

Each prints ratios within its own run, which say the same on a slow machine as on a fast one; absolute times
are there to be read, not to be compared. A benchmark is a module here with a ``main`` that takes its options
from ``sys.argv``.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path


def names() -> list[str]:
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main(wanted: list[str]) -> None:
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        sys.exit(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(names())}")
    for name in wanted or names():
        print(f"\n--- {name}", flush=True)
        began = time.monotonic()
        sys.argv = [f"python -m benchmarks.{name}"]
        import_module(f"benchmarks.{name}").main()
        print(f"--- {name}: {time.monotonic() - began:.0f} s in all", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
