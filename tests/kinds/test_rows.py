"""Rows of the table: what fits neither the documents nor the model is a fault before anything is done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provider.kinds.kind import Kind
from provider.kinds.parts import Workflow
from provider.kinds.properties import Change, Property
from provider.kinds.row import Row
from provider.kinds.row_check import RowError, row_faults
from provider.kinds.table import HEALTH_IMAGING_DATASTORE, HEALTHLAKE_DATASTORE, KINDS, register
from provider.kinds.workflow import workflow_kind


@pytest.mark.parametrize("row", KINDS.values(), ids=lambda row: row.name)
def test_the_rows_of_this_package_fit(row: Row) -> None:
    assert list(row_faults(row)) == []


def changed(row: Row, name: str, each: Property) -> Row:
    """A row with another property in the place of one."""
    return replace(row, properties=tuple(each if one.name == name else one for one in row.properties))


def without(row: Row, verb: str) -> Row:
    return replace(row, workflows={name: each for name, each in row.workflows.items() if name != verb})


@pytest.mark.parametrize(
    ("row", "path", "reason"),
    [
        pytest.param(
            changed(
                HEALTH_IMAGING_DATASTORE,
                "kms_key_arn",
                Property("kms_key_arn", "kmsKeyArn", input="KeyArn"),
            ),
            "kms_key_arn",
            "no document sends it to AWS: no step has $inputs.KeyArn",
            id="a property that no document sends",
        ),
        pytest.param(
            changed(HEALTH_IMAGING_DATASTORE, "kms_key_arn", Property("kms_key_arn", "kmsKey")),
            "kms_key_arn",
            "has no kmsKey",
            id="a property with a member that the model does not have",
        ),
        pytest.param(
            changed(
                HEALTHLAKE_DATASTORE,
                "sse_configuration",
                Property("sse_configuration", "SseConfiguration", Change.UPDATE),
            ),
            "sse_configuration",
            "is changed in place, and no step of the update has $inputs.SseConfiguration",
            id="a property that the update does not send",
        ),
        pytest.param(
            changed(HEALTH_IMAGING_DATASTORE, "kms_key_arn", Property("kms_key_arn")),
            "kms_key_arn",
            "has no member",
            id="a property that AWS never sees and whose change would replace",
        ),
        pytest.param(
            without(HEALTH_IMAGING_DATASTORE, "list-tags"),
            "list-tags",
            "claims need it",
            id="tags that cannot be read",
        ),
        pytest.param(
            replace(HEALTH_IMAGING_DATASTORE, created=None),
            "created",
            "claimed as soon as it is made",
            id="tags, and nothing that names what was made",
        ),
        pytest.param(
            replace(
                HEALTH_IMAGING_DATASTORE,
                workflows={
                    **HEALTH_IMAGING_DATASTORE.workflows,
                    "read": Workflow(HEALTH_IMAGING_DATASTORE.documents[0], "read-it"),
                },
            ),
            "read",
            "has no workflow read-it",
            id="a workflow that the document does not have",
        ),
        pytest.param(
            replace(
                HEALTH_IMAGING_DATASTORE,
                description=replace(HEALTH_IMAGING_DATASTORE.description, outputs={"arn": "arn"}),
            ),
            "arn",
            "GetDatastore reports no arn",
            id="an output that the service does not report",
        ),
    ],
)
def test_a_row_that_does_not_fit_is_refused_when_it_is_registered(row: Row, path: str, reason: str) -> None:
    with pytest.raises(RowError) as error:
        register(row)
    assert any(fault.path == path and reason in fault.reason for fault in error.value.faults)
    assert KINDS[row.name] is not row


def test_a_kind_is_a_row_or_any_document() -> None:
    """What is assigned here is checked by mypy: both fulfil the protocol, and neither is the other."""
    kinds: list[Kind] = [HEALTH_IMAGING_DATASTORE, workflow_kind({"create": "it", "document": "it.yaml"})]
    assert [isinstance(kind, Row) for kind in kinds] == [True, False]
