"""``python -m sandbox``: the engine's commands, the sandbox AWS, and the demo on both."""

from __future__ import annotations

from .commands import main
from .conformance.command import conformance
from .demo.command import demo

__all__ = ["main"]

main.add_command(demo)
main.add_command(conformance)

if __name__ == "__main__":
    main(prog_name=f"python -m {__package__}")
