"""The `anlan` command."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import psycopg

import anlan
from anlan.launch import archive
from anlan.launch.console import Console
from anlan.launch.database import child_environment, embedded_cluster, external_url, open_database
from anlan.launch.errors import LaunchError
from anlan.launch.parts import WebOptions, make_part, manage_command
from anlan.launch.paths import PROJECT, current_home
from anlan.launch.process import send, wait_for
from anlan.launch.state import UP, end_left_overs, hold, holder
from anlan.launch.status import report
from anlan.launch.steps import prepare_product
from anlan.launch.supervisor import Options, Supervisor

FAILED, MISUSED = 1, 2
DOWN_SECONDS = 90.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Known failures are one sentence on the error output."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(given)
    except LaunchError as error:
        print(f"错误：{error}", file=sys.stderr)
        return FAILED
    except psycopg.Error as error:
        print(f"错误：数据库操作失败：{str(error).strip().splitlines()[0]}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        place = f"{error.filename}：" if error.filename else ""
        print(f"错误：{place}{error.strerror}。请检查磁盘空间和目录权限。", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _dispatch(given: list[str]) -> int:
    # These pass everything on, options included, so argparse must not see them.
    if given[:1] == ["manage"]:
        return _manage(given[1:])
    if given[:1] == ["verify-audit"]:
        return _manage(["verify_audit", *given[1:]])
    further = _further_commands()
    if given and given[0] in further:
        return _run_further(further[given[0]], given[1:])
    options = _parser(sorted(further)).parse_args(given)
    handler: Callable[[argparse.Namespace], int] | None = getattr(options, "handler", None)
    if handler is None:
        _parser(sorted(further)).print_help()
        return MISUSED
    return handler(options)


def _parser(further: list[str]) -> argparse.ArgumentParser:
    more = f"其他命令：{'、'.join(further)}（用 anlan 命令 --help 查看）" if further else None
    parser = argparse.ArgumentParser(prog="anlan", description="安澜：启动、停止、备份与维护", epilog=more)
    parser.add_argument("--version", action="version", version=f"安澜 {anlan.__version__}")
    commands = parser.add_subparsers(title="命令", metavar="命令")

    _add_up(commands)
    prepare = commands.add_parser("prepare", help="升级数据表、页面资源和基础数据（up 会自动执行）")
    prepare.add_argument("--demo", action="store_true", help="装入演示数据和演示账号")
    prepare.set_defaults(handler=_prepare)
    status = commands.add_parser("status", help="查看各部件状态；全部正常时返回 0，否则 3")
    status.set_defaults(handler=_status)
    down = commands.add_parser("down", help="停止正在运行的系统")
    down.set_defaults(handler=_down)

    part = commands.add_parser("part", help="单独运行一个部件（供 systemd 使用）")
    part.add_argument(
        "name", choices=["web", "worker", "periodic", "nats"], metavar="web|worker|periodic|nats"
    )
    part.add_argument("--host", default=os.environ.get("ANLAN_HOST", "127.0.0.1"))
    part.add_argument("--port", type=_port, default=os.environ.get("ANLAN_PORT", "8000"))
    part.add_argument("--workers", type=int, default=0, metavar="N")
    part.set_defaults(handler=_part)

    backup = commands.add_parser("backup", help="备份数据库和附件到一个文件（可在运行中执行）")
    backup.add_argument("file", type=Path, metavar="文件")
    backup.set_defaults(handler=_backup)
    restore = commands.add_parser("restore", help="从备份文件恢复（先停止系统）")
    restore.add_argument("file", type=Path, nargs="?", metavar="文件")
    restore.add_argument("--force", action="store_true", help="已有数据时也恢复，旧数据改名保留")
    restore.add_argument("--drop-old", action="store_true", help="删除以前恢复时保留的旧数据")
    restore.set_defaults(handler=_restore)

    commands.add_parser("manage", help="运行管理命令，例如 anlan manage createsuperuser")
    commands.add_parser("verify-audit", help="核对操作记录是否被删改")
    return parser


def _add_up(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    up = commands.add_parser("up", help="启动全部部件，Ctrl-C 停止")
    up.add_argument(
        "--host", default=os.environ.get("ANLAN_HOST", "127.0.0.1"), help="监听地址，默认 127.0.0.1"
    )
    up.add_argument(
        "--port", type=_port, default=os.environ.get("ANLAN_PORT", "8000"), help="端口，默认 8000"
    )
    up.add_argument("--workers", type=int, default=0, metavar="N", help="网页进程数，默认按处理器数量")
    up.add_argument("--demo", action="store_true", help="装入演示数据和演示账号")
    up.add_argument(
        "--today",
        type=_day,
        default=os.environ.get("ANLAN_TODAY", ""),
        metavar="年-月-日",
        help="把系统日期定在这一天（演示用，每页都会标明）",
    )
    up.set_defaults(handler=_up)


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"端口应是 1–65535 的整数，而不是“{text}”")
    return int(text)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期应写成 2023-07-05 的样子，而不是“{text}”") from None


def _up(options: argparse.Namespace) -> int:
    web = WebOptions(options.host, options.port, options.workers)
    return Supervisor(current_home(), Options(web, options.demo, options.today)).run()


def _prepare(options: argparse.Namespace) -> int:
    home = current_home()
    with open_database(home, "anlan prepare") as url:
        environment = child_environment(home, url)
        if options.demo:
            environment["ANLAN_DEMO"] = "1"
        prepare_product(environment, Console())
    return 0


def _status(options: argparse.Namespace) -> int:
    text, healthy = report(current_home())
    print(text)
    return 0 if healthy else 3


def _down(options: argparse.Namespace) -> int:
    home = current_home()
    running = holder(home)
    if running is None:
        with hold(home, "anlan down"):
            ended = end_left_overs(home)
            if external_url() is None and home.postgres.exists():
                cluster = embedded_cluster(home)
                if cluster.running() is not None:
                    cluster.stop_left_over()
                    ended.append("数据库")
        print(f"系统没有运行；已结束遗留的进程：{'、'.join(ended)}" if ended else "系统没有运行。")
        return 0
    process = running.process
    if running.purpose != UP:
        raise LaunchError(f"占用系统的是 {running.purpose}（进程 {process.pid}），请等它结束。")
    send(process, signal.SIGTERM)
    if not wait_for(lambda: not process.alive(), DOWN_SECONDS):
        raise LaunchError(f"{DOWN_SECONDS:.0f} 秒内没有停止（进程 {process.pid}），请查看它的终端输出。")
    print("已停止。")
    return 0


def _part(options: argparse.Namespace) -> int:
    """Become the part: the service manager then sees the part itself."""
    home = current_home()
    if external_url() is None and holder(home) is None:
        raise LaunchError("单独运行部件时，数据库须另行运行：请设置 DATABASE_URL，或先用 anlan up 启动。")
    with open_database(home, f"anlan part {options.name}") as url:
        environment = child_environment(home, url)
    web = WebOptions(options.host, options.port, options.workers)
    command = make_part(options.name, home, web, environment["ANLAN_NATS_TOKEN"]).command
    os.chdir(PROJECT)
    os.execve(command[0], command, environment)


def _manage(arguments: list[str]) -> int:
    home = current_home()
    with open_database(home, "anlan manage") as url:
        return _foreground(manage_command(*arguments), child_environment(home, url))


def _foreground(command: list[str], environment: dict[str, str]) -> int:
    """Run a child on our terminal; Ctrl-C reaches it directly, so we only wait."""
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            code = process.wait()
            return code if code >= 0 else 128 - code
        except KeyboardInterrupt:
            continue


def _backup(options: argparse.Namespace) -> int:
    home, target = current_home(), options.file.absolute()
    with open_database(home, "anlan backup") as url:
        manifest = archive.backup(home, url, target, _say())
    megabytes = target.stat().st_size / 2**20
    print(f"备份完成：{target}（{len(manifest.members) - 1} 个附件，{megabytes:.1f} MB）。")
    print(f"备份不含密钥文件 {home.secrets}，请另行妥善保管一份。")
    return 0


def _restore(options: argparse.Namespace) -> int:
    home = current_home()
    if options.file is None and not options.drop_old:
        raise LaunchError("请给出备份文件，例如 anlan restore 备份.tar。")
    if holder(home) is not None:
        raise LaunchError("系统正在运行，不能恢复：请先执行 anlan down。")
    with open_database(home, "anlan restore") as url:
        archive.finish_restore(home, url, _say())
        if options.drop_old:
            removed = archive.drop_old(home, url)
            print(f"已删除：{'、'.join(removed)}" if removed else "没有保留的旧数据。")
        if options.file is not None:
            manifest = archive.restore(home, url, options.file.absolute(), options.force, _say())
            print(f"恢复完成：备份于 {manifest.created}，版本 {manifest.version}。请执行 anlan up 启动。")
    return 0


def _say() -> Callable[[str], None]:
    console = Console(sys.stderr)
    return lambda text: console.say("安澜", text)


def _further_commands() -> dict[str, importlib.metadata.EntryPoint]:
    return {entry.name: entry for entry in importlib.metadata.entry_points(group="anlan.commands")}


def _run_further(entry: importlib.metadata.EntryPoint, arguments: list[str]) -> int:
    try:
        function = entry.load()
    except (ImportError, AttributeError) as error:
        raise LaunchError(f"命令 {entry.name} 无法装入（{error}）：请重新执行 make run 更新安装。") from error
    return int(function(arguments))


if __name__ == "__main__":
    sys.exit(main())
