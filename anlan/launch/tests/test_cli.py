"""The command line's own promises, and those of the lock files."""

import importlib.metadata
import json
import re
from pathlib import Path

import pytest

import anlan
from anlan.launch import cli
from anlan.launch.tests.installation import Installation

PROJECT = Path(__file__).resolve().parents[3]


def test_backup_and_restore_work_while_nothing_runs(installation: Installation) -> None:
    assert installation.run("manage", "migrate") == (0, "")
    (installation.home.files / "照片.jpg").write_bytes(b"\xff\xd8")
    target = installation.home.root / "backup.tar"
    code, text = installation.run("backup", str(target))
    assert code == 0 and "1 个附件" in text and "密钥" in text
    (installation.home.files / "照片.jpg").unlink()
    code, text = installation.run("restore", str(target))
    assert code == 1 and "--force" in text
    code, text = installation.run("restore", str(target), "--force")
    assert code == 0, text
    assert (installation.home.files / "照片.jpg").exists()
    code, text = installation.run("restore", "--drop-old")
    assert code == 0 and "anlan_before_" in text
    assert installation.processes() == []


def test_a_part_alone_wants_a_database(installation: Installation) -> None:
    code, text = installation.run("part", "worker")
    assert code == 1 and "请设置 DATABASE_URL" in text


@pytest.mark.parametrize("missing", ["anlan.absent:main", "anlan.launch.cli:absent"])
def test_a_further_command_that_cannot_be_loaded_is_one_sentence(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = importlib.metadata.EntryPoint("compile", missing, "anlan.commands")
    monkeypatch.setattr(cli, "_further_commands", lambda: {"compile": entry})
    assert cli.main(["compile", "x.docx"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("错误：命令 compile 无法装入") and said.count("\n") == 1


def test_a_further_command_gets_its_arguments_and_gives_the_exit_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = importlib.metadata.EntryPoint("count", "builtins:len", "anlan.commands")
    monkeypatch.setattr(cli, "_further_commands", lambda: {"count": entry})
    assert cli.main(["count", "--format", "json"]) == 2


def test_no_command_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == cli.MISUSED
    said = capsys.readouterr().out
    assert all(name in said for name in ("up", "status", "down", "backup", "restore"))


@pytest.mark.parametrize("port", ["0", "70000", "八千"])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["up", "--port", port])
    assert "1–65535" in capsys.readouterr().err


def test_the_version_is_the_packages() -> None:
    assert importlib.metadata.version("anlan") == anlan.__version__


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_file_has_hashes_and_no_address(name: str) -> None:
    text = (PROJECT / name).read_text()
    for mark in ("://", "--index-url", "--extra-index-url", "--find-links", "--trusted-host", "/opt/"):
        assert mark not in text
    pins = [entry for entry in re.split(r"\n(?=[a-z0-9])", text) if "==" in entry]
    assert pins and all("--hash=sha256:" in entry for entry in pins)


def test_the_development_lock_holds_the_versions_of_the_other() -> None:
    pins = [set(re.findall(r"^[a-z0-9.\-]+==\S+", (PROJECT / name).read_text(), re.M)) for name in
            ("requirements.lock", "requirements-dev.lock")]  # fmt: skip
    assert pins[0] and pins[0] <= pins[1]


def test_the_front_end_lock_has_digests_and_no_address() -> None:
    packages = json.loads((PROJECT / "package-lock.json").read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert {"node_modules/htmx.org", "node_modules/echarts", "node_modules/@tabler/icons"} <= set(installed)
    assert all("integrity" in package and "resolved" not in package for package in installed.values())
