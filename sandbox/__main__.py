"""``python -m sandbox``: the engine's commands, the sandbox AWS, and the demo on both."""

from __future__ import annotations

from sandbox.commands import main
from sandbox.conformance.command import conformance
from sandbox.demo.command import demo

__all__ = ["main"]

main.add_command(demo)
main.add_command(conformance)

if __name__ == "__main__":
    main(prog_name="python -m sandbox")
