"""The fields of each object of the specification (Arazzo 1.1.0, section Schema), and what names may be."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from .. import jsonpath, pointers, xpath


class Fields(NamedTuple):
    """One object of the specification.

    Attributes:
        title: The name that the specification gives it.
        required: The fields that it must have.
        optional: The fields that it may have.
        newer: The fields that it may have from Arazzo 1.1 on.
        extensible: Whether ``x-`` fields are allowed.
        others_ignored: Whether the specification has other fields ignored and not refused.
        tolerated: Fields of no meaning that documents have nevertheless; they are warned of.
    """

    title: str
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    newer: tuple[str, ...] = ()
    extensible: bool = True
    others_ignored: bool = False
    tolerated: tuple[str, ...] = ()

    def known(self, minor: int) -> tuple[str, ...]:
        """Return the names of the fields in a version of Arazzo: 0 for 1.0, 1 for 1.1."""
        return self.required + self.optional + (self.newer if minor else ())


DOCUMENT: Final = Fields(
    "Arazzo Object",
    ("arazzo", "info", "sourceDescriptions", "workflows"),
    ("components",),
    ("$self",),
    tolerated=("$schema",),
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
    ),
    ("timeout", "dependsOn", "channelPath", "action", "correlationId"),
)
PARAMETER: Final = Fields("Parameter Object", ("name", "value"), ("in",))
REUSABLE: Final = Fields("Reusable Object", ("reference",), ("value",), extensible=False, others_ignored=True)
REQUEST_BODY: Final = Fields("Request Body Object", (), ("contentType", "payload", "replacements"))
REPLACEMENT: Final = Fields("Payload Replacement Object", ("target", "value"), newer=("targetSelectorType",))
SELECTOR: Final = Fields("Selector Object", ("context", "selector", "type"))
CRITERION: Final = Fields("Criterion Object", ("condition",), ("context", "type"))
EXPRESSION_TYPE: Final = Fields("Expression Type Object", ("type", "version"))
SUCCESS_ACTION: Final = Fields(
    "Success Action Object", ("name", "type"), ("workflowId", "stepId", "criteria"), ("parameters",)
)
FAILURE_ACTION: Final = Fields(
    "Failure Action Object",
    ("name", "type"),
    ("workflowId", "stepId", "retryAfter", "retryLimit", "criteria"),
    ("parameters",),
)
COMPONENTS: Final = Fields(
    "Components Object", (), ("inputs", "parameters", "successActions", "failureActions")
)

VERSIONS: Final = {"jsonpath": jsonpath.VERSIONS, "xpath": xpath.VERSIONS}
"""The versions that an Expression Type Object of a criterion may name."""

SELECTOR_VERSIONS: Final = {**VERSIONS, "jsonpointer": pointers.VERSIONS}
"""The versions that an Expression Type Object of a selector may name."""

NEWER_VERSIONS: Final = frozenset({jsonpath.RFC9535, "xpath-31"})
"""What Arazzo 1.0 does not know by name, although its defaults are the same."""

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The methods of an operationPath (OpenAPI 3.1, Path Item Object)."""

NAME: Final = re.compile(r"[A-Za-z0-9_\-]+\Z")
"""What workflowId, stepId and a source's name should match."""
