"""Named errors of the compiler. Each says what is wrong and what to do; each has its exit code."""

from __future__ import annotations


class CompileError(Exception):
    """A document that cannot be compiled. `str()` is a Chinese sentence for the person at the desk."""

    exit_code = 1


class UnreadableFile(CompileError):
    """The file is missing, damaged, or of a kind nobody here can open."""

    exit_code = 3


class EmptyDocument(CompileError):
    """There is no text to compile."""

    exit_code = 4


class EncryptedFile(CompileError):
    """The file is protected by a password."""

    exit_code = 5


class NotChinese(CompileError):
    """The text is not a Chinese document."""

    exit_code = 6


class TooLarge(CompileError):
    """The text is longer than the compiler promises to finish in bounded time."""

    exit_code = 7


class MissingPart(CompileError):
    """An optional part (OCR, LibreOffice) is needed and not installed."""

    exit_code = 8
