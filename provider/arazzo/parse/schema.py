"""The fields of each object of the specification (Arazzo 1.0.1, section Schema), and what names may be."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .. import jsonpath, xpath


class Fields(NamedTuple):
    """One object of the specification.

    Attributes:
        title: The name that the specification gives it.
        required: The fields that it must have.
        optional: The fields that it may have.
        extensible: Whether ``x-`` fields are allowed.
        others_ignored: Whether the specification has other fields ignored and not refused.
    """

    title: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    extensible: bool = True
    others_ignored: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        """Every field's name."""
        return self.required + self.optional


DOCUMENT: Final = Fields(
    "Arazzo Object", ("arazzo", "info", "sourceDescriptions", "workflows"), ("components",)
)
INFO: Final = Fields("Info Object", ("title", "version"), ("summary", "description"))
SOURCE: Final = Fields("Source Description Object", ("name", "url"), ("type",))
WORKFLOW: Final = Fields(
    "Workflow Object",
    ("workflowId", "steps"),
    (
        "summary",
        "description",
        "inputs",
        "dependsOn",
        "successActions",
        "failureActions",
        "outputs",
        "parameters",
    ),
)
STEP: Final = Fields(
    "Step Object",
    ("stepId",),
    (
        "description",
        "operationId",
        "operationPath",
        "workflowId",
        "parameters",
        "requestBody",
        "successCriteria",
        "onSuccess",
        "onFailure",
        "outputs",
        "timeout",
    ),
)
PARAMETER: Final = Fields("Parameter Object", ("name", "value"), ("in",))
REUSABLE: Final = Fields("Reusable Object", ("reference",), ("value",), extensible=False, others_ignored=True)
REQUEST_BODY: Final = Fields("Request Body Object", (), ("contentType", "payload", "replacements"))
REPLACEMENT: Final = Fields("Payload Replacement Object", ("target", "value"))
CRITERION: Final = Fields("Criterion Object", ("condition",), ("context", "type"))
CRITERION_TYPE: Final = Fields("Criterion Expression Type Object", ("type", "version"))
SUCCESS_ACTION: Final = Fields(
    "Success Action Object", ("name", "type"), ("workflowId", "stepId", "criteria")
)
FAILURE_ACTION: Final = Fields(
    "Failure Action Object",
    ("name", "type"),
    ("workflowId", "stepId", "retryAfter", "retryLimit", "criteria"),
)
COMPONENTS: Final = Fields(
    "Components Object", (), ("inputs", "parameters", "successActions", "failureActions")
)

VERSIONS: Final = {"jsonpath": jsonpath.VERSIONS, "xpath": xpath.VERSIONS}
"""The versions that a Criterion Expression Type Object may name."""

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The methods of an operationPath (OpenAPI 3.1, Path Item Object)."""

NAME: Final = re.compile(r"[A-Za-z0-9_\-]+\Z")
"""What workflowId, stepId and a source's name should match."""
