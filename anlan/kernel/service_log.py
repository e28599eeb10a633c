"""Lines of the service's log as an operator reads them; what follows an error (the trace) stays as it is."""

from __future__ import annotations

import logging

LEVELS = {"DEBUG": "细节", "INFO": "说明", "WARNING": "注意", "ERROR": "出错", "CRITICAL": "严重"}
SOURCES = {
    "django.request": "页面",
    "django.security": "安全",
    "django.server": "页面",
    "axes": "登录锁定",
    "procrastinate": "后台作业",
    "anlan": "安澜",
}
ANSWERS = {
    "django.request": "{path} 没有办成，答复 {status}",
    "django.security": "拒绝了一个可疑的请求：{message}",
}


class Line(logging.Formatter):
    """Level and source in Chinese; a failed page by its address."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One line, without the trace."""
        source = next((name for name in SOURCES if record.name.startswith(name)), "")
        words = ANSWERS.get(source, "{message}")
        path = getattr(getattr(record, "request", None), "path", record.getMessage())
        status = getattr(record, "status_code", 500)
        text = words.format(path=path, status=status, message=record.getMessage())
        return f"{LEVELS.get(record.levelname, record.levelname)} {SOURCES.get(source, record.name)}：{text}"


class Worth(logging.Filter):
    """Forms filled in wrongly and addresses mistyped (4xx) are told to the person, not to the operator."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the operator reads it."""
        return not (record.name == "django.request" and getattr(record, "status_code", 500) < 500)
