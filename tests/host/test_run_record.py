"""The processes of a run tell each other which stores the program names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from provider.engine.run_record import RunRecord

ENGINE = "127.0.0.1:4711"


def record(folder: Path, lasts: int | None = None, address: str | None = ENGINE) -> RunRecord:
    return RunRecord(lambda: address, lasts, folder)


def test_others_of_the_same_run_hear_it_and_nobody_else_does(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    record(folder).tell("a", "urn", "adopts")
    other = os.getppid()
    assert list(record(folder, other).others("a")) == [("urn", "adopts")]
    assert list(record(folder, other).others("b")) == []
    assert list(record(folder).others("a")) == []
    assert list(record(folder, other, "127.0.0.1:4712").others("a")) == []
    assert list(record(folder, other, None).others("a")) == []


def an_ended_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_what_a_process_told_that_has_ended_counts_no_more(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    record(folder, an_ended_process()).tell("a", "urn", "adopts")
    assert list(record(folder).others("a")) == []


def test_a_line_that_was_cut_off_tells_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    record(folder).tell("a", "urn", "adopts")
    (path,) = folder.iterdir()
    path.write_text(path.read_text() + path.read_text()[:20])
    assert list(record(folder, os.getppid()).others("a")) == [("urn", "adopts")]
    record(folder, address="127.0.0.1:4712").tell("a", "urn", "adopts")


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    record(folder).tell("a", "urn", "adopts")
    assert list(folder.iterdir()) == []
    assert list(record(folder, os.getppid()).others("a")) == []


def test_the_record_of_a_run_is_its_users_alone_and_goes_with_its_processes(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    record(folder, an_ended_process()).tell("a", "urn", "adopts")
    assert folder.stat().st_mode & 0o777 == 0o700
    record(folder, address="127.0.0.1:4712").tell("a", "urn", "adopts")
    record(folder, address="127.0.0.1:4713").tell("a", "urn", "adopts")
    assert {path.name for path in folder.iterdir()} == {"127.0.0.1-4712.jsonl", "127.0.0.1-4713.jsonl"}


def test_a_folder_that_cannot_be_made_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    mine = record(tmp_path / "file" / "records")
    mine.tell("a", "urn", "adopts")
    assert list(mine.others("a")) == []
    assert [each.message.partition(":")[0] for each in caplog.records] == [
        "the processes of this run cannot tell each other what they adopt"
    ]
