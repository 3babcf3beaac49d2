# SPDX-License-Identifier: Apache-2.0
"""The store that throws bodies away (bench/sink), one process for each run of a client."""
import json
import pathlib
import subprocess

from .processes import new_folder, work_folder
from .programs import program

SOURCES = pathlib.Path(__file__).resolve().parents[1] / "sink"


def make_certificate():
    """A certificate authority and a certificate for 127.0.0.1 from it: a folder of PEM files."""
    folder = work_folder() / "tls"
    if folder.exists():
        return folder
    folder.mkdir()
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-days", "2", "-subj", "/CN=bench authority",
            "-keyout", "authority.key", "-out", "authority.pem")
    openssl("req", *key, "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "authority.pem", "-CAkey",
            "authority.key", "-CAcreateserial", "-days", "2", "-extfile", "names",
            "-out", "server.pem")
    return folder


class Sink:
    """`behaviour`: options of the program, as delay_ms=300 or slow_down=0.1.

    Ends with stop(), or when this process does, since its standard input ends then.
    """

    def __init__(self, *, tls=False, **behaviour):
        self._folder = new_folder("sink")
        command = [program("sink", SOURCES, "ssl", "crypto"),
                   "--objects", self._folder / "objects"]
        self.authority = None
        if tls:
            certificate = make_certificate()
            self.authority = certificate / "authority.pem"
            command += ["--certificate", certificate / "server.pem",
                        "--key", certificate / "server.key"]
        for name, value in behaviour.items():
            command += ["--" + name.replace("_", "-"), str(value)]
        # A session of its own: Ctrl-C is for the bench, which then ends this.
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True, start_new_session=True)
        ports = json.loads(self._process.stdout.readline())
        self.port = ports["tls_port" if tls else "port"]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def stop(self):
        """The counts of all that happened, and `sizes`: of each object by its path."""
        output, _ = self._process.communicate()
        if self._process.returncode != 0:
            raise RuntimeError(f"the sink ended with {self._process.returncode}")
        counts = json.loads(output)
        with open(self._folder / "objects") as lines:
            counts["sizes"] = {path: int(size) for size, path in
                               (line.rstrip("\n").split(" ", 1) for line in lines)}
        return counts
