"""Refusing a file that is too large while it arrives: it fills neither memory nor disk."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

OVERSIZE = "anlan.oversize"


class LimitedUploadHandler(FileUploadHandler):
    """First of the upload handlers: drops what exceeds ANLAN_UPLOAD_LIMIT and leaves word in the request.

    What still arrives is read and thrown away, so that the browser gets to see the answer.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.announced = 0
        self.received = 0

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Keep the length that the request announces."""
        self.announced = content_length or 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Drop a file whose request is already known to be too large."""
        super().new_file(*args, **kwargs)
        self.received = 0
        if self.announced > settings.ANLAN_UPLOAD_LIMIT + 1048576:
            self._drop(self.announced)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the data on until it is too much."""
        self.received += len(raw_data)
        if self.received > settings.ANLAN_UPLOAD_LIMIT:
            self._drop(self.received)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Nothing to do: another handler keeps the file."""

    def _drop(self, size: int) -> None:
        if self.request is not None:
            self.request.META[OVERSIZE] = max(size, self.announced)
        raise SkipFile
