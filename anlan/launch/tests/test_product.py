"""The real product, started by the real command on an empty home, as `make run` does."""

import re
import signal
import urllib.request

from anlan.launch.tests.installation import Installation


def get(installation: Installation, path: str) -> tuple[int, str]:
    """Status and text of a page, redirects followed."""
    with urllib.request.urlopen(f"http://127.0.0.1:{installation.port}{path}", timeout=30) as answer:
        return answer.status, answer.read().decode(errors="replace")


def test_an_empty_home_becomes_a_product_with_accounts_that_survives_backup_and_restore(
    installation: Installation,
) -> None:
    del installation.environment["ANLAN_PROJECT"]
    command = installation.start("up", "--demo", "--port", str(installation.port), "--workers", "1")
    # The demonstration takes two documents in and runs them for a year and a half.
    command.says("已就绪，用时", patience=300)
    assert "演示账号" in command.text

    status, page = get(installation, "/")
    assert status == 200 and 'type="password"' in page
    styles = re.findall(r'href="(/static/[^"]+\.css)"', page)
    assert styles and all(get(installation, style)[0] == 200 for style in styles)

    target = installation.home.root / "backup.tar"
    assert installation.run("backup", str(target))[0] == 0
    command.process.send_signal(signal.SIGINT)
    assert command.ends() == 0
    code, text = installation.run("restore", str(target), "--force")
    assert code == 0, text
    code, text = installation.run("verify-audit")
    assert code == 0, text
    assert installation.processes() == []
