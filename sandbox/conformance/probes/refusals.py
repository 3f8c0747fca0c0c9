"""What is refused before anything is made."""

from __future__ import annotations

from typing import Any, Final

from ...aws import IMAGING, LAKE
from ..bench import Bench

_NOBODY: Final = "0" * 32
_BARE_KEY: Final = "1234abcd-12ab-34cd-56ef-1234567890ab"


def probe(bench: Bench) -> None:
    """Ask for what does not exist, and for what cannot be."""
    _imaging(bench)
    _lake(bench)


def _imaging(bench: Bench) -> None:
    region, account = bench.target.account.region, bench.target.account.id
    arn = f"arn:aws:medical-imaging:{region}:{account}:datastore/{_NOBODY}"
    bench.note("imaging-unknown-read", bench.describe(IMAGING, _NOBODY))
    bench.note("imaging-unknown-delete", bench.delete(IMAGING, _NOBODY))
    bench.note("imaging-unknown-tags", bench.call(IMAGING, "ListTagsForResource", resourceArn=arn))
    bench.note("imaging-bare-key", bench.create(IMAGING, kmsKeyArn=_BARE_KEY))
    bench.note("imaging-name-pattern", bench.create(IMAGING, datastoreName="has space"))
    bench.note("imaging-reserved-tag", bench.create(IMAGING, tags={"aws:owner": "x"}))


def _lake(bench: Bench) -> None:
    known: dict[str, Any] = {"DatastoreId": _NOBODY}
    bench.note("lake-unknown-read", bench.describe(LAKE, _NOBODY))
    bench.note("lake-unknown-delete", bench.delete(LAKE, _NOBODY))
    bench.note("lake-unknown-update", bench.call(LAKE, "UpdateFHIRDatastore", **known, DatastoreName="x"))
    bench.note("lake-unknown-version", bench.create(LAKE, DatastoreTypeVersion="R5"))
    bench.note("lake-reserved-tag", bench.create(LAKE, Tags=[{"Key": "aws:owner", "Value": "x"}]))
