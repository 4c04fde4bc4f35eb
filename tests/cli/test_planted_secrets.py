"""No secret is anywhere but where it was chosen to be kept, whatever goes wrong."""

import json
from pathlib import Path

import keyring
import pytest

from queuewatch.pbx.sandbox.faults import Fault, FaultKind
from tests.signin.conftest import Safe
from tests.signin.sign_in_server import CLIENT_SECRET, PASSCODE, PASSWORD, PLANTED, PREFIX

from .conftest import Run, Served

FAULTS = [
    None,
    *(Fault("", FaultKind.STATUS, None, status) for status in (400, 401, 403, 404, 429, 500)),
    *(Fault("", kind, None) for kind in FaultKind if kind not in (FaultKind.STATUS, FaultKind.SLOW)),
    *(Fault("/callqueues", kind, None) for kind in (FaultKind.STATUS, FaultKind.MISTYPED, FaultKind.DROPPED)),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind} {fault.status}" if fault else "none")
@pytest.mark.parametrize("where", ["file", "keyring"])
def test_no_secret_is_written_anywhere_but_where_it_is_kept(
    run: Run,
    served: Served,
    login: Run,
    environment: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault | None,
    where: str,
) -> None:
    safe = Safe()
    monkeypatch.setattr(keyring, "get_keyring", lambda: safe)
    monkeypatch.setattr("queuewatch.pbx.netsapiens.rate_limit.RETRY_PAUSES", (0.0, 0.0))
    monkeypatch.setenv("QUEUEWATCH_CLIENT_SECRET", CLIENT_SECRET)
    served.logins.client_secret = CLIENT_SECRET
    home = ("--store", where, "--client-id", "123", "--username", "1020@lakeside.example")
    said = [login(*home, answers=(PASSWORD, PASSCODE))]
    served.logins.expire()
    if fault is not None:
        served.faults.append(Fault(fault.match, fault.kind, None, fault.status))
    said += [run("status"), run("require-agents", "8000", "no", "--yes"), run("profiles", "--format", "json")]
    said += [login(*home, answers=(PASSWORD, "000000", PASSWORD, PASSCODE, PASSWORD))]
    written = {path.name: path.read_text() for path in environment.parent.rglob("*") if path.is_file()}
    kept = written.pop("lakeside.json") if where == "file" else json.dumps(list(safe.kept.values()))
    assert PREFIX in kept
    assert PASSWORD not in kept
    assert PASSCODE not in kept
    said += [run("logout")]
    written |= {path.name: path.read_text() for path in environment.parent.rglob("*") if path.is_file()}
    shown = json.dumps([(one.out, one.err) for one in said]) + "".join(written.values())
    assert not any(secret in shown for secret in PLANTED)
