# SPDX-License-Identifier: Apache-2.0
"""Servers under measurement: started, waited for, their CPU and memory read, surely ended."""
import atexit
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

_CACHES = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
CACHE = _CACHES / "slipway-bench"
TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def process_tree(root):
    """The ids of `root` and of all its living descendants."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                children.setdefault(int(_stat(int(entry))[1]), []).append(int(entry))
            except OSError:
                continue  # it ended meanwhile
    found, queue = [], [root]
    while queue:
        found.append(queue.pop())
        queue.extend(children.get(found[-1], []))
    return found


def _stat(pid):
    """The fields of /proc/PID/stat from `state` on (proc(5) numbers it 3)."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return text[text.rindex(")") + 2:].split()


def _status_kib(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    return 0


def tree_cpu_us(root):
    """User and system time so far of `root` and its descendants, those that ended included."""
    return sum(sum(int(field) for field in _stat(pid)[11:15]) * TICK_US
               for pid in process_tree(root))


def tree_rss_kib(root):
    return sum(_status_kib(pid, "VmRSS") for pid in process_tree(root))


def tree_peak_kib(pids):
    """The sum of the peaks of each, which they need not have had at the same time."""
    return sum(_status_kib(pid, "VmHWM") for pid in pids)


class Server:
    """One server process (and its children) with its log and the time it took to be ready."""

    running = []

    def __init__(self, name, command, ready, *, env=None, cwd=None, ready_seconds=60):
        """`ready()` is asked until it is true; a server that ends before that is an error."""
        self.name = name
        self.command = [str(part) for part in command]
        self.log = new_folder("log") / f"{name}.log"
        began = time.monotonic()
        # The kernel ends the server should this script die without a word.
        guard = ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which("setpriv") else []
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                guard + self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **(env or {})}, cwd=cwd, start_new_session=True)
        Server.running.append(self)
        while not ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"{name} ended with {self.process.returncode}:\n{self.tail()}")
            if time.monotonic() - began > ready_seconds:
                raise RuntimeError(f"{name} was not ready in {ready_seconds} s:\n{self.tail()}")
            time.sleep(0.002)
        self.ready_ms = (time.monotonic() - began) * 1000

    def tail(self):
        return self.log.read_text(errors="replace")[-2000:]

    def check_alive(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{self.tail()}")

    def cpu_us(self):
        """User and system time of the tree so far, children that have ended included."""
        self.check_alive()
        return tree_cpu_us(self.process.pid)

    def rss_kib(self):
        return tree_rss_kib(self.process.pid)

    def peak_rss_kib(self):
        return tree_peak_kib(process_tree(self.process.pid))

    def kill(self):
        """SIGKILL, as a power cut would; the caller starts another on the same data."""
        _signal_group(self.process, signal.SIGKILL)
        self.process.wait()
        Server.running.remove(self)

    def stop(self):
        if self not in Server.running:
            return
        Server.running.remove(self)
        if self.process.poll() is None:
            _signal_group(self.process, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                print(f"{self.name} did not end in 10 s after SIGTERM; killed", file=sys.stderr)
        _signal_group(self.process, signal.SIGKILL)
        self.process.wait()


def _signal_group(process, number):
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


_work = None


def work_folder():
    """A folder of this run on the cache's disk; gone when the script ends."""
    global _work
    if _work is None:
        CACHE.mkdir(parents=True, exist_ok=True)
        _work = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=CACHE))
        kind = subprocess.run(["stat", "-f", "-c", "%T", _work], capture_output=True, text=True,
                              check=True).stdout.strip()
        if kind in ("tmpfs", "ramfs"):
            raise SystemExit(f"{CACHE} is on {kind}, where nothing is durable: "
                             "set XDG_CACHE_HOME to a folder on a disk")
    return _work


def new_folder(name):
    return pathlib.Path(tempfile.mkdtemp(prefix=name + "-", dir=work_folder()))


def _clean_up():
    for server in list(Server.running):
        server.stop()
    if _work is not None:
        shutil.rmtree(_work, ignore_errors=True)


def _end(number, _frame):
    # A second Ctrl-C must not cut the clean-up short.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(128 + number)


atexit.register(_clean_up)


def end_cleanly_on_signals():
    """For a script (not a test, whose runner has handlers of its own): Ctrl-C still cleans up."""
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)
