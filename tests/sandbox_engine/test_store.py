"""The state on disk: replaced as a whole or not at all, secrets unreadable without their passphrase."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from sandbox.engine.errors import EngineError
from sandbox.engine.secrets import Crypter
from sandbox.engine.state import Operation, Resource
from sandbox.engine.store import Store
from sandbox.engine.values import secret

if TYPE_CHECKING:
    from pathlib import Path

# Made by the pulumi CLI with this passphrase, for the text "hunter".
PASSPHRASE, SALT = "", "v1:YsNjEWUkLS0=:v1:2e9GWTepRmwUanaV:0ciKyw/uPPPtNs0DGcgH4QUXC6yJOA=="
CIPHERTEXT = "v1:1jcnXyxT0YhZJOIs:bLDGtnTd92egstTQrH0QHZl6Rt9XQ81C"


def test_what_the_cli_encrypted_can_be_read_and_a_wrong_passphrase_cannot() -> None:
    assert Crypter(lambda: PASSPHRASE, SALT).decrypt(CIPHERTEXT) == '"hunter"'
    with pytest.raises(EngineError, match="the passphrase is not the one"):
        Crypter(lambda: "another", SALT).decrypt(CIPHERTEXT)


def test_a_state_comes_back_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PASSPHRASE)
    resource = Resource(
        urn="urn:pulumi:s::p::t::a", custom=True, id="1", type="t", inputs={"word": secret("hush")}
    )
    resource.custom_timeouts, resource.extra = {"create": 60}, {"taint": True}
    snapshot = Store(tmp_path, "p", "s").load()
    snapshot.settle(resource)
    snapshot.begin(Operation(resource, "updating"))
    text = (tmp_path / "p.s.json").read_text()
    assert "hush" not in text
    read = Store(tmp_path, "p", "s").load()
    read.write()
    assert (
        json.loads(text)["deployment"]["resources"]
        == Store(tmp_path, "p", "s").document()["deployment"]["resources"]
    )
    assert [(operation.type, operation.resource.inputs) for operation in read.operations] == [
        ("updating", {"word": secret("hush")})
    ]


def test_a_write_that_fails_leaves_the_state_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = Store(tmp_path, "p", "s").load()
    snapshot.write()
    before = (tmp_path / "p.s.json").read_text()
    snapshot.settle(Resource(urn="urn:pulumi:s::p::t::a", custom=False))

    def fail(_descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        snapshot.write()
    assert (tmp_path / "p.s.json").read_text() == before
