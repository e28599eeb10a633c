"""Identity of processes, the hold and the taking over."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from anlan.launch.errors import LaunchError
from anlan.launch.paths import Home
from anlan.launch.process import end_session, identify, send, session_members
from anlan.launch.secretfile import load_secrets
from anlan.launch.state import (
    PartState,
    RunState,
    end_left_overs,
    hold,
    holder,
    load_state,
    save_state,
)

IGNORE = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
STUBBORN = f"{IGNORE}; print('on', flush=True); time.sleep(99)"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "99"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "run").mkdir()
    return Home(tmp_path)


def test_a_number_with_another_start_is_another_process(sleeper: subprocess.Popen[bytes]) -> None:
    found = identify(sleeper.pid)
    assert found is not None and found.alive()
    recycled = replace(found, start=found.start - 1)
    assert not recycled.alive()
    assert not send(recycled, signal.SIGKILL)
    assert session_members(recycled) == []
    assert sleeper.poll() is None


def test_a_whole_session_ends_even_when_its_members_refuse(tmp_path: Path) -> None:
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {STUBBORN!r}])"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "on\n"
    leader = identify(process.pid)
    assert leader is not None and len(session_members(leader)) == 2
    end_session(leader, patience=0.2)
    process.wait()
    assert session_members(leader) == []


def test_members_are_found_when_their_leader_was_killed() -> None:
    script = "import subprocess; subprocess.run(['sh', '-c', 'echo on; sleep 99'])"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "on\n"
    leader = identify(process.pid)
    assert leader is not None
    process.kill()
    process.wait()
    assert session_members(leader) != []
    end_session(leader, patience=2)
    assert session_members(leader) == []


def test_left_overs_are_ended_but_never_a_recycled_number(
    home: Home, sleeper: subprocess.Popen[bytes]
) -> None:
    innocent = identify(sleeper.pid)
    left = subprocess.Popen(["sleep", "99"], start_new_session=True)
    ours, own = identify(left.pid), identify(os.getpid())
    assert innocent is not None and ours is not None and own is not None
    recycled = replace(innocent, start=innocent.start - 7)
    parts = [PartState("web", "网页", recycled, "", 0), PartState("worker", "任务", ours, "", 2)]
    save_state(home, RunState(own, "http://127.0.0.1:1", parts))
    assert load_state(home) == RunState(own, "http://127.0.0.1:1", parts)
    assert end_left_overs(home) == ["任务"]
    assert left.wait() == -signal.SIGTERM
    assert sleeper.poll() is None
    assert load_state(home) is None


def test_a_state_from_before_a_reboot_is_no_state(home: Home) -> None:
    own = identify(os.getpid())
    assert own is not None
    save_state(home, RunState(own, "http://127.0.0.1:1", []))
    path = home.run / "state.json"
    path.write_text(path.read_text().replace('"boot": "', '"boot": "another-'))
    assert load_state(home) is None


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"supervisor": {"pid": 1}})])
def test_an_unreadable_state_is_no_state(home: Home, content: str) -> None:
    (home.run / "state.json").write_text(content)
    assert load_state(home) is None
    assert end_left_overs(home) == []


def test_the_second_holder_is_told_of_the_first(home: Home) -> None:
    with hold(home, "anlan up"):
        found = holder(home)
        assert found is not None and found.process.pid == os.getpid() and found.purpose == "anlan up"
        with (
            pytest.raises(LaunchError, match=rf"anlan up 使用（进程 {os.getpid()}，"),
            hold(home, "anlan restore"),
        ):
            pass
    assert holder(home) is None
    with hold(home, "anlan restore"):
        pass


def test_secrets_are_made_once_and_only_for_their_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANLAN_SECRET_KEY", raising=False)
    path = tmp_path / "secrets.env"
    first = load_secrets(path, ["ANLAN_SECRET_KEY"])
    assert len(first["ANLAN_SECRET_KEY"]) >= 50
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    assert load_secrets(path, ["ANLAN_SECRET_KEY"]) == first
    assert path.stat().st_mode & 0o777 == 0o600
    more = load_secrets(path, ["ANLAN_SECRET_KEY", "ANLAN_OTHER"])
    assert more["ANLAN_SECRET_KEY"] == first["ANLAN_SECRET_KEY"] and more["ANLAN_OTHER"]


def test_the_environment_wins_over_the_secrets_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("ANLAN_SECRET_KEY=stored\nANLAN_OWN=kept\n")
    monkeypatch.setenv("ANLAN_SECRET_KEY", "given")
    assert load_secrets(path, ["ANLAN_SECRET_KEY"]) == {"ANLAN_SECRET_KEY": "given", "ANLAN_OWN": "kept"}


def test_a_broken_line_of_the_secrets_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("# note\nANLAN_SECRET_KEY\n")
    with pytest.raises(LaunchError, match="第 2 行"):
        load_secrets(path, [])
