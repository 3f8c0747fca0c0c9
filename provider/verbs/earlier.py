"""Jobs of earlier creations: what tells the creation of a job from the one before with the same inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .pages import listed
from .session import WorkflowError

if TYPE_CHECKING:
    from ..kinds.kind import Kind
    from .session import Session


def ended_before(kind: Kind, values: Mapping[str, Any], session: Session) -> list[str]:
    """Return the ids of the jobs that were begun with the same request and have ended.

    A token that derives from them finds a job again that a crash lost and that still runs, and begins another
    one once that has ended: AWS would answer with the old job, and nothing would run.

    Args:
        kind: What is to be created.
        values: The checked inputs.
        session: The verb's session.
    """
    if kind.earlier is None:
        return []
    jobs = kind.earlier.jobs
    try:
        found = list(listed(kind.workflows[jobs.verb], jobs.listed, session, kind.keys(values)))
    except WorkflowError as error:
        if not error.not_found:
            session.voice.warn(
                f"earlier {jobs.noun} cannot be listed ({error.reason or error.what}): if one ran with the "
                f"same inputs, AWS may return it instead of running another; set {kind.token_property} to "
                "prevent that"
            )
        return []
    alike = (job for job in found if jobs.is_over(job) and kind.earlier.is_like(job, values))
    return sorted(str(job.get(jobs.id)) for job in alike)
