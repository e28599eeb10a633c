"""`anlan up`, for real: processes, signals, kill -9, PostgreSQL."""

import os
import signal
import socket
from collections.abc import Iterator

import pytest

from anlan.launch.machine import free_port
from anlan.launch.postgres import postmaster
from anlan.launch.process import Identity, session_members
from anlan.launch.tests.installation import Command, Installation, eventually, throwaway_installation


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Installation, Command]]:
    """One `up` that the tests of healing share."""
    with throwaway_installation() as made:
        command = made.up()
        command.says("已就绪，用时")
        yield made, command
        command.process.send_signal(signal.SIGINT)
        assert command.ends() == 0
        assert made.processes() == []


def server(installation: Installation) -> Identity:
    found = postmaster(installation.home.root / "pg")
    assert found is not None
    return found


def test_up_prints_the_address_that_answers(running: tuple[Installation, Command]) -> None:
    installation, command = running
    assert f"请在浏览器打开 http://127.0.0.1:{installation.port}" in command.text
    assert installation.answers()
    command.says("队列 default 开始")
    command.says("队列 periodic 开始")


@pytest.mark.parametrize("name", ["web", "worker", "periodic"])
def test_a_killed_part_comes_back(running: tuple[Installation, Command], name: str) -> None:
    installation, _ = running
    before = installation.part(name)
    os.kill(before.pid, signal.SIGKILL)
    eventually(lambda: any(p.name == name and p.process != before for p in installation.state().parts))
    eventually(installation.answers)
    assert session_members(before) == []


def test_a_killed_database_comes_back_with_its_rows(running: tuple[Installation, Command]) -> None:
    installation, command = running
    visits, before = installation.visit(), server(installation)
    os.kill(before.pid, signal.SIGKILL)
    command.says("正在重新启动")
    eventually(installation.answers)
    assert installation.visit() > visits
    assert server(installation) != before


def test_status_shows_every_part(running: tuple[Installation, Command]) -> None:
    installation, _ = running
    eventually(lambda: installation.run("status")[0] == 0)
    _, text = installation.run("status")
    assert all(title in text for title in ("网页", "任务", "定时", "PostgreSQL"))


def test_a_second_up_says_who_holds_the_installation(running: tuple[Installation, Command]) -> None:
    installation, command = running
    code, text = installation.run("up", "--port", "18099")
    assert code == 1
    assert f"正由 anlan up 使用（进程 {command.process.pid}" in text
    assert installation.answers()


def test_manage_joins_the_running_database_and_passes_the_exit_code_on(
    running: tuple[Installation, Command],
) -> None:
    installation, _ = running
    code, text = installation.run("manage", "environment")
    assert code == 7
    assert "ANLAN_SECRET_KEY" in text and "DATABASE_URL" in text
    assert "ANLAN_DB_ADMIN_PASSWORD" not in text


def test_restore_is_refused_while_it_runs(running: tuple[Installation, Command]) -> None:
    code, text = running[0].run("restore", "/nowhere.tar")
    assert code == 1 and "请先执行 anlan down" in text


def test_down_leaves_nothing_behind(installation: Installation) -> None:
    command = installation.up()
    command.says("已就绪，用时")
    code, _ = installation.run("down")
    assert code == 0 and command.ends() == 0
    assert installation.processes() == []
    assert installation.run("status")[0] == 3


def test_after_kill_9_of_up_the_next_up_takes_over(installation: Installation) -> None:
    command = installation.up()
    command.says("已就绪，用时")
    visits = installation.visit()
    old = [part.process for part in installation.state().parts] + [server(installation)]
    os.kill(command.process.pid, signal.SIGKILL)
    command.ends()
    assert any(process.alive() for process in old)
    again = installation.up()
    again.says("已就绪，用时")
    assert "遗留" in again.text
    assert not any(session_members(process) for process in old)
    assert installation.visit() > visits
    again.process.send_signal(signal.SIGTERM)
    assert again.ends() == 0
    assert installation.processes() == []


def test_down_clears_up_after_kill_9_of_up(installation: Installation) -> None:
    command = installation.up()
    command.says("已就绪，用时")
    os.kill(command.process.pid, signal.SIGKILL)
    command.ends()
    code, text = installation.run("down")
    assert code == 0 and "已结束遗留的进程" in text
    assert installation.processes() == []


def test_a_taken_page_port_is_named_before_anything_starts(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", installation.port)):
        code, text = installation.run("up", "--port", str(installation.port))
    assert code == 1
    assert text.count("\n") == 0 and f"127.0.0.1:{installation.port} 已被别的程序占用" in text
    assert not (installation.home.root / "pg").exists()


def test_a_failed_migration_is_told_and_stops_everything(installation: Installation) -> None:
    command = installation.up(STUB_MIGRATE="fail")
    assert command.ends() == 1
    assert "升级数据表没有完成（代码 1）：库表升级演练失败" in command.lines[-1]
    assert installation.processes() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["asked", "killed"])
def test_ended_in_mid_start_the_next_start_works(installation: Installation, number: signal.Signals) -> None:
    command = installation.up(STUB_MIGRATE="slow")
    command.says("升级数据表")
    command.process.send_signal(number)
    command.ends()
    if number == signal.SIGTERM:
        assert installation.processes() == []
    again = installation.up()
    again.says("已就绪，用时")
    again.process.send_signal(signal.SIGINT)
    assert again.ends() == 0
    assert installation.processes() == []


def test_it_ends_when_asked_even_if_its_shell_ignored_the_signal(installation: Installation) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        command = installation.up(STUB_MIGRATE="slow")
    finally:
        signal.signal(signal.SIGINT, before)
    command.says("升级数据表")
    command.process.send_signal(signal.SIGINT)
    assert command.ends() == 0
    assert installation.processes() == []


def test_nats_runs_when_asked_and_comes_back(installation: Installation) -> None:
    port, mqtt = free_port(19100, 19199), free_port(19000, 19099)
    extra = {"ANLAN_NATS": "1", "ANLAN_NATS_PORT": str(port), "ANLAN_MQTT_PORT": str(mqtt)}
    command = installation.up(**extra)
    command.says("已就绪，用时")

    def greets() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                return connection.recv(5) == b"INFO "
        except OSError:
            return False

    eventually(greets)
    os.kill(installation.part("nats").pid, signal.SIGKILL)
    command.says("“消息”被信号 9 终止")
    eventually(greets)
    with socket.create_connection(("127.0.0.1", mqtt), timeout=5):
        pass
    command.process.send_signal(signal.SIGINT)
    assert command.ends() == 0


def test_an_own_database_url_wins(installation: Installation) -> None:
    address = "postgresql://nobody:secret@127.0.0.1:9/none"
    code, text = installation.run("up", "--port", str(installation.port), DATABASE_URL=address)
    assert code == 1 and "连不上 DATABASE_URL 指定的数据库" in text
    assert "secret" not in text
    assert not (installation.home.root / "pg").exists()
