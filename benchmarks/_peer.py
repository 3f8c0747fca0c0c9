"""What ``runners`` measures of arazzo-runner, run by the Python in whose environment that is installed.

``python _peer.py DOCUMENT OPENAPI POLLS SEED...`` prints as JSON the seconds of processor time: per step, per
step with its logging off, and per parse of each seed. Its log goes where the parent sends standard error.
"""

import json
import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from arazzo_runner import (  # type: ignore[import-not-found]  # not in our environment, by intent
    ArazzoRunner,
)
from arazzo_runner.utils import (  # type: ignore[import-not-found]  # as above
    load_arazzo_doc,
    load_openapi_file,
)

TIMES = 10
INPUTS = {"datastoreName": "scans", "clientToken": "token"}


class Answer:
    """As much of an answer of the package ``requests`` as the runner asks for, parsed already."""

    status_code = 200
    headers = {"Content-Type": "application/json"}  # noqa: RUF012 - as in requests, an attribute
    content = b"{}"
    text = "{}"

    def __init__(self, body: Any) -> None:
        self.body = body

    def json(self) -> Any:
        return self.body


def looked(status: str) -> Answer:
    return Answer({"datastoreProperties": {"datastoreStatus": status, "datastoreArn": "arn:aws:x"}})


CREATED = Answer({"datastoreId": "store", "datastoreStatus": "CREATING"})
CREATING = looked("CREATING")
ACTIVE = looked("ACTIVE")


class Client:
    """Takes the place of a session of ``requests``: the store is there at the last poll."""

    def __init__(self, polls: int) -> None:
        self.left = polls

    def request(self, *, method: str, **_: Any) -> Answer:
        if method.upper() == "POST":
            return CREATED
        self.left -= 1
        return CREATING if self.left else ACTIVE


def per_step(document: Any, api: Any, polls: int) -> float:
    runner = ArazzoRunner(document, {"healthImagingApi": api}, http_client=Client(polls))
    began = time.process_time()
    result = runner.execute_workflow("provision-datastore", INPUTS)
    spent = time.process_time() - began
    if result.outputs["datastoreStatus"] != "ACTIVE":
        sys.exit(f"the benchmark does not do what it measures: {result}")
    return spent / (polls + 1)


def per_parse(seed: str) -> float:
    began = time.process_time()
    load_arazzo_doc(seed)
    return time.process_time() - began


def least(measure: Callable[..., float], *arguments: Any) -> float:
    return min(measure(*arguments) for _ in range(TIMES))


def main(document_path: str, api_path: str, polls: int, seeds: list[str]) -> None:
    document, api = load_arazzo_doc(document_path), load_openapi_file(api_path)
    figures = {seed: least(per_parse, seed) for seed in seeds}
    figures["step"] = least(per_step, document, api, polls)
    logging.disable(logging.CRITICAL)
    figures["quiet"] = least(per_step, document, api, polls)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:])
