"""Runs a Pulumi program in a process of its own, by the project's interpreter.

A script, not a module: ``python runner.py PROGRAM SETTINGS``, SETTINGS being the JSON of the arguments of
`pulumi.runtime.Settings`. It knows nothing of the engine but its address. Exit code 32 says that the error
has been shown already.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

del sys.path[0]  # this script's own folder, whose modules would hide the program's

import pulumi  # noqa: E402  only importable names of the project from here on
import pulumi.runtime  # noqa: E402

ERROR_SHOWN = 32
THREADS_PER_STEP = 4


def main() -> int:
    """Run the program to its end, registrations included."""
    program, settings = sys.argv[1], json.loads(sys.argv[2])
    pulumi.runtime.set_all_config(
        pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env()
    )
    pulumi.runtime.configure(pulumi.runtime.Settings(**settings))
    sys.argv = [program]
    # What is left unresolved when a program fails is of no interest to its user.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with ThreadPoolExecutor(max_workers=max(settings["parallel"], 1) * THREADS_PER_STEP) as executor:
        loop.set_default_executor(executor)
        return _run(loop, program)


def _run(loop: asyncio.AbstractEventLoop, program: str) -> int:
    def run_program() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(run_program))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except KeyboardInterrupt:
        # The engine ends the program; what waits for its answers in other threads would hold the process up.
        sys.stdout.flush()
        os._exit(1)
    except Exception:  # noqa: BLE001  whatever the program raises is shown to its user
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_traceback(program)}")
        return ERROR_SHOWN
    return 0


def _traceback(program: str) -> str:
    """The traceback from the program's own first frame on."""
    _, error, trace = sys.exc_info()
    root = Path(program).resolve()
    frame = trace
    while frame is not None and not Path(frame.tb_frame.f_code.co_filename).is_relative_to(root):
        frame = frame.tb_next
    return "".join(traceback.format_exception(None, error, frame or trace))


if __name__ == "__main__":
    sys.exit(main())
