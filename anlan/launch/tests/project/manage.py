"""A product as small as the launcher's contract: the commands that `anlan up` calls, without Django."""

import os
import signal
import sys
import time
from pathlib import Path

import psycopg


def migrate() -> int:
    if os.environ.get("STUB_MIGRATE") == "fail":
        print("库表升级演练失败")
        return 1
    if os.environ.get("STUB_MIGRATE") == "slow":
        time.sleep(60)
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS visits (at timestamptz NOT NULL DEFAULT now())")
    return 0


def collectstatic() -> int:
    folder = Path(os.environ["ANLAN_HOME"], "static")
    folder.mkdir(exist_ok=True)
    (folder / "style.css").write_text("body {}")
    return 0


def procrastinate() -> int:
    print(f"队列 {sys.argv[4]} 开始", flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    return 0


def environment() -> int:
    print(" ".join(sorted(os.environ)))
    return 7


if __name__ == "__main__":
    if sys.argv[1] == "procrastinate":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    sys.exit(globals()[sys.argv[1]]())
