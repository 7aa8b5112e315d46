"""The commands users and serve, as a custodian gives them."""

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from web_world import PASSWORD, Objects

from ironriver.governance import access as access_module
from ironriver.governance import roles
from ironriver.governance.roles import Role, account
from ironriver.workspace import Workspace
from terminal import Command


@pytest.fixture
def place(invented: tuple[Path, list[Objects]], tmp_path: Path) -> Path:
    """Give a copy of the invented workspace."""
    return Path(shutil.copytree(invented[0], tmp_path / "ws"))


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_users_are_added_listed_and_removed(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, f"{PASSWORD}\n")
    said = ironriver("users", "add", place, "ana")
    assert said.status == 0, said.err
    assert "otpauth://totp/Iron%20River%3Aana?secret=" in said.out
    assert PASSWORD not in said.out
    assert ironriver("users", "list", place).out.startswith("ana\t-\t")
    assert ironriver("users", "remove", place, "ana").status == 0
    assert ironriver("users", "remove", place, "ana").status == 2
    with Workspace.open(place) as workspace:
        actions = [each.action for each in workspace.entries() if each.object == "ana"]
    assert actions[:2] == ["add user", "remove user"]


def test_only_a_custodian_says_who_may_sign_in(
    ironriver: Command, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workspace.open(place, write=True) as workspace:
        roles.grant(workspace, account(), "eva", Role.SUPERVISOR)
    monkeypatch.setattr(access_module, "account", lambda: "eva")
    type_in(monkeypatch, f"{PASSWORD}\n")
    said = ironriver("users", "add", place, "eva")
    assert said.status == 2
    assert "custodian" in said.err
    assert not (place / "keys" / "users.db").exists()


@pytest.mark.parametrize(
    "words",
    [("--host", "192.0.2.7"), ("--certificate", "x.pem")],
    ids=["open", "half"],
)
def test_passwords_do_not_travel_in_the_open(
    ironriver: Command, place: Path, words: tuple[str, ...]
) -> None:
    said = ironriver("serve", place, *words)
    assert said.status == 2
    assert "--key" in said.err


def test_it_serves_on_this_machine_until_it_is_stopped(place: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "ironriver.cli", "serve", place, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        address = f"http://127.0.0.1:{port}/api/v1"
        deadline = time.monotonic() + 120
        while True:
            try:
                answer = httpx2.get(f"{address}/health")
                break
            except httpx2.TransportError:
                assert server.poll() is None, server.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.2)
        assert answer.json() == {"status": "ok"}
        assert "server" not in answer.headers
        assert httpx2.get(f"{address}/leads").status_code == 401
        server.terminate()
        out, _ = server.communicate(timeout=60)
    assert b"/api/v1/docs" in out
