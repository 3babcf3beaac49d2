# SPDX-License-Identifier: Apache-2.0
"""Objects with a read(), as programs have them, and servers that do not do as they should."""

import contextlib
import io
import socket
import threading


class OnlyRead:
    """A read() and nothing else: it is read once."""

    def __init__(self, content: bytes, most: int = 1 << 20) -> None:
        self.file = io.BytesIO(content)
        self.most = most
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        return self.file.read(min(size, self.most))

    def close(self) -> None:
        self.closed = True


class Seekable(OnlyRead):
    """A class of somebody's own that can seek."""

    def seek(self, *place: int) -> int:
        return self.file.seek(*place)

    def tell(self) -> int:
        return self.file.tell()


class Endless:
    def read(self, size: int) -> bytes:
        return bytes(size)


class Failing(Seekable):
    def __init__(self, error: Exception) -> None:
        super().__init__(b"1234")
        self.error = error

    def read(self, size: int = -1) -> bytes:
        raise self.error


@contextlib.contextmanager
def silent_server():
    """Takes connections and never answers. Yields its URL and an event that a request sets."""
    asked = threading.Event()
    taken = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    taken.append(connection)
                    if connection.recv(1):
                        asked.set()

        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for connection in taken:
                connection.close()
