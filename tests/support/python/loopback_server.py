# SPDX-License-Identifier: Apache-2.0
"""What the HTTP servers of the tests have in common."""

from __future__ import annotations

import http.server
import threading


class LoopbackServer(http.server.ThreadingHTTPServer):
    """Listens on a free port of loopback while it is entered, with a thread for each connection."""

    daemon_threads = True

    def __init__(self, handler: type[LoopbackHandler]):
        super().__init__(("127.0.0.1", 0), handler)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        """A client that goes away is not worth words."""


class LoopbackHandler(http.server.BaseHTTPRequestHandler):
    """The requests of one kept-alive connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
