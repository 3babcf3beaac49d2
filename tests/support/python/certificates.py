# SPDX-License-Identifier: Apache-2.0
"""A certificate authority of the test's own, made with openssl."""

from __future__ import annotations

import pathlib
import ssl
import subprocess


class Authority:
    """`bundle` is what its clients are to trust."""

    def __init__(self, folder: pathlib.Path, name: str = "ca"):
        self.folder, self.name = folder, name
        self.bundle = folder / f"{name}.pem"
        self._openssl("req", "-x509", *self._new_key(name), "-out", self.bundle, "-days", "2",
                      "-subj", f"/CN=Slipway test authority {name}",
                      "-addext", "basicConstraints=critical,CA:true",
                      "-addext", "keyUsage=critical,keyCertSign")

    def server(self, *names: str) -> ssl.SSLContext:
        """What a server for these names needs: "DNS:s3.test", "IP:127.0.0.1"."""
        request, certificate = self.folder / "server.csr", self.folder / f"{self.name}-server.pem"
        extensions = self.folder / "extensions"
        extensions.write_text(f"subjectAltName={','.join(names)}\n")
        self._openssl("req", *self._new_key("server"), "-out", request, "-subj", "/CN=slipway test")
        self._openssl("x509", "-req", "-in", request, "-CA", self.bundle, "-CAkey",
                      self._key(self.name), "-set_serial", "2", "-days", "2",
                      "-extfile", extensions, "-out", certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, self._key("server"))
        return context

    def _key(self, name: str) -> pathlib.Path:
        return self.folder / f"{name}.key"

    def _new_key(self, name: str) -> list:
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self._key(name)]

    @staticmethod
    def _openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
