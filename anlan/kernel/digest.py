"""SM3 (GB/T 32905-2016): from OpenSSL where it is built in, else in Python (slow, the same result)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


class _InPython:
    def __init__(self) -> None:
        self._data = bytearray()

    def update(self, data: bytes) -> None:
        self._data += data

    def hexdigest(self) -> str:
        from gmssl import sm3 as pure

        return str(pure.sm3_hash(list(self._data)))


def hasher() -> hashlib._Hash | _InPython:
    """An object with `update(bytes)` and `hexdigest()`."""
    return hashlib.new("sm3") if "sm3" in hashlib.algorithms_available else _InPython()


def sm3(data: bytes | Iterable[bytes]) -> str:
    """The digest of bytes, or of pieces one after another, as 64 hexadecimal digits."""
    found = hasher()
    for piece in (data,) if isinstance(data, bytes) else data:
        found.update(piece)
    return found.hexdigest()
