"""Signing in: password and code, the lock after five failures, the idle lock, CSRF, the journal."""

from __future__ import annotations

import stat

import pytest
from httpx2 import Response
from web_world import PASSWORD, Site

from ironriver.errors import MistakeError
from ironriver.governance import roles
from ironriver.governance.roles import Role, account
from ironriver.web import server as server_module
from ironriver.web.accounts import LOCKED_SECONDS
from ironriver.web.sessions import IDLE_SECONDS, LONGEST_SECONDS
from ironriver.workspace import Entry, Workspace


def entries(site: Site) -> list[Entry]:
    with Workspace.open(site.path) as workspace:
        return list(workspace.entries())


def attempt(site: Site, name: str, password: str = PASSWORD, code: str | None = None) -> Response:
    asked = {"name": name, "password": password, "code": code or site.code(name)}
    return site.client.post("/api/v1/session", json=asked)


def test_without_a_session_nothing_but_health_and_the_schema_is_answered(site: Site) -> None:
    paths = [path.replace("{identifier}", "x").replace("{name}", "leads")
             for path, ways in site.client.get("/api/v1/openapi.json").json()["paths"].items()
             if "get" in ways]  # fmt: skip
    assert len(paths) > 30
    open_to_all = [path for path in paths if site.client.get(path).status_code != 401]
    assert open_to_all == ["/api/v1/health"]


def test_name_password_and_code_together_open_a_session(site: Site) -> None:
    site.add("ana", Role.ANALYST)
    site.sign_in("ana", "carpeta 12/2024")
    told = site.client.get("/api/v1/session").json()
    assert (told["actor"], told["role"], told["purpose"]) == ("ana", "analyst", "carpeta 12/2024")


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(site: Site) -> None:
    site.add("ana", Role.ANALYST)
    cookie = attempt(site, "ana").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_code_opens_one_session_only(site: Site) -> None:
    site.add("ana", Role.ANALYST)
    assert attempt(site, "ana").status_code == 201
    again = attempt(site, "ana")
    assert (again.status_code, again.json()["error"]["code"]) == (401, "sign_in_failed")
    site.clock.now += 30
    assert attempt(site, "ana").status_code == 201


def test_a_wrong_part_is_not_told_from_another_nor_from_a_name_nobody_bears(site: Site) -> None:
    site.add("ana", Role.ANALYST)
    wrong = "000000" if site.code("ana") != "000000" else "000001"
    answers = [
        attempt(site, "ana", "wrong"),
        attempt(site, "ana", PASSWORD, wrong),
        attempt(site, "nobody", PASSWORD, wrong),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("name", ["ana", "nobody"])
def test_five_failures_lock_for_fifteen_minutes(site: Site, name: str) -> None:
    site.add("ana", Role.ANALYST)
    site.secrets["nobody"] = site.secrets["ana"]
    assert [attempt(site, name, "wrong").status_code for _ in range(6)] == [401] * 5 + [429]
    locked = attempt(site, name)
    assert (locked.status_code, locked.json()["error"]["code"]) == (429, "locked")
    site.clock.now += LOCKED_SECONDS - 1
    assert attempt(site, name).status_code == 429
    site.clock.now += 1
    assert attempt(site, name).status_code == (201 if name == "ana" else 401)


def test_failures_before_a_success_do_not_count_after_it(site: Site) -> None:
    site.add("ana", Role.ANALYST)
    for _ in range(4):
        attempt(site, "ana", "wrong")
    assert attempt(site, "ana").status_code == 201
    assert attempt(site, "ana", "wrong").status_code == 401
    site.clock.now += 30
    assert attempt(site, "ana").status_code == 201


def test_who_holds_no_role_is_refused(site: Site) -> None:
    site.add("ana")
    answer = attempt(site, "ana")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "no_role")


def test_a_role_that_is_taken_away_counts_with_the_next_request(site: Site) -> None:
    site.add("ana", Role.ANALYST)
    site.sign_in("ana")
    assert site.client.get("/api/v1/leads").status_code == 200
    with Workspace.open(site.path, write=True) as workspace:
        roles.revoke(workspace, account(), "ana")
    assert site.client.get("/api/v1/leads").status_code == 403
    assert site.client.get("/api/v1/leads").status_code == 401


@pytest.mark.parametrize(("seconds", "status"), [(IDLE_SECONDS - 1, 200), (IDLE_SECONDS, 401)])
def test_thirty_idle_minutes_lock_the_session(site: Site, seconds: int, status: int) -> None:
    site.add("ana", Role.ANALYST)
    site.sign_in("ana")
    site.clock.now += seconds
    assert site.client.get("/api/v1/session").status_code == status


def test_a_session_ends_after_half_a_day_however_busy(site: Site) -> None:
    site.add("ana", Role.ANALYST)
    site.sign_in("ana")
    for _ in range(LONGEST_SECONDS // (IDLE_SECONDS - 1)):
        site.clock.now += IDLE_SECONDS - 1
        assert site.client.get("/api/v1/session").status_code == 200
    site.clock.now += IDLE_SECONDS - 1
    assert site.client.get("/api/v1/session").status_code == 401


def test_after_signing_out_the_cookie_is_worth_nothing(site: Site) -> None:
    site.add("ana", Role.ANALYST)
    headers = site.sign_in("ana")
    token = site.client.cookies["ironriver_session"]
    assert site.client.delete("/api/v1/session", headers=headers).status_code == 204
    site.client.cookies.set("ironriver_session", token)
    assert site.client.get("/api/v1/session").status_code == 401


@pytest.mark.parametrize("token", [None, "", "x", "é"])
def test_a_change_without_the_token_of_the_session_is_refused(
    site: Site, token: str | None
) -> None:
    site.add("ana", Role.ANALYST)
    site.sign_in("ana")
    headers = {} if token is None else {"X-CSRF-Token": token.encode()}
    answer = site.client.put("/api/v1/session/purpose", json={"purpose": "x"}, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forged")


def test_the_token_of_another_session_is_refused(site: Site) -> None:
    site.add("ana", Role.ANALYST)
    site.add("eva", Role.ANALYST)
    other = site.sign_in("eva")
    site.sign_in("ana")
    answer = site.client.put("/api/v1/session/purpose", json={"purpose": "x"}, headers=other)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_server_changes_nothing(site: Site, headers: dict[str, str]) -> None:
    site.add("ana", Role.ANALYST)
    own = site.sign_in("ana")
    answer = site.client.put(
        "/api/v1/session/purpose", json={"purpose": "x"}, headers=own | headers
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forged")
    assert site.client.get("/api/v1/session").json()["purpose"] == ""


def test_sign_ins_failures_and_purposes_stand_in_the_journal_and_no_password_does(
    site: Site,
) -> None:
    site.add("ana", Role.ANALYST)
    attempt(site, "ana", "a wrong password")
    attempt(site, "my-password-typed-as-a-name", code="000000")
    headers = site.sign_in("ana", "carpeta 12/2024")
    site.client.delete("/api/v1/session", headers=headers)
    found = [(each.action, each.actor, each.purpose) for each in entries(site)]
    for line in (
        ("refusal", "ana", ""),
        ("refusal", "unknown", ""),
        ("sign-in", "ana", ""),
        ("state purpose", "ana", "carpeta 12/2024"),
        ("sign-out", "ana", "carpeta 12/2024"),
    ):
        assert line in found, line
    log = (site.path / "journal" / "log.jsonl").read_text("utf-8")
    kept = site.server.accounts.path.read_bytes()
    for secret in ("my-password-typed-as-a-name", "a wrong password", PASSWORD):
        assert secret not in log
        assert secret.encode() not in kept


def test_passwords_are_kept_as_argon2id_in_a_file_of_the_owner_only(site: Site) -> None:
    site.add("ana")
    assert stat.S_IMODE(site.server.accounts.path.stat().st_mode) == 0o600
    assert b"$argon2id$" in site.server.accounts.path.read_bytes()
    assert not [finding for finding in _check(site) if "users.db" in finding]


def _check(site: Site) -> list[str]:
    with Workspace.open(site.path) as workspace:
        return [finding.path for finding in workspace.check()]


@pytest.mark.parametrize(
    ("name", "password"),
    [("ana", "short"), ("ana", "x" * 1025), ("", PASSWORD), (" ana", PASSWORD), ("a\nb", PASSWORD)],
)
def test_a_weak_password_or_an_odd_name_is_refused(site: Site, name: str, password: str) -> None:
    with pytest.raises(MistakeError):
        site.server.accounts.add(name, password)
    assert site.server.accounts.users() == []


def test_a_removed_user_is_out_at_once_cannot_sign_in_and_leaves_no_hash(site: Site) -> None:
    site.add("ana", Role.ANALYST)
    site.sign_in("ana")
    assert site.client.get("/api/v1/leads").status_code == 200
    assert b"$argon2id$" in site.server.accounts.path.read_bytes()
    site.server.accounts.remove("ana")
    assert site.client.get("/api/v1/leads").status_code == 401
    site.clock.now += 30
    assert attempt(site, "ana").status_code == 401
    assert b"$argon2id$" not in site.server.accounts.path.read_bytes()


def test_many_sign_ins_at_once_are_refused_and_do_not_use_up_the_memory(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_SIGN_IN_SECONDS", 0.0)
    site.add("ana", Role.ANALYST)
    for _ in range(server_module._MOST_SIGNING_IN):
        assert site.server._signing_in.acquire(timeout=0)
    assert attempt(site, "ana").json()["error"]["code"] == "busy"
    site.server._signing_in.release()
    assert attempt(site, "ana").status_code == 201
