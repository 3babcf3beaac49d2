# SPDX-License-Identifier: Apache-2.0
"""How each client is told to upload a folder: a command and what its environment needs besides."""
import os
import pathlib
from dataclasses import dataclass

from harness import servers
from harness.processes import CACHE
from harness.programs import program

from clients.targets import PREFIX

FLOOR_SOURCES = pathlib.Path(__file__).parent / "floor"
FLOOR_CONNECTIONS = 8
CURL_PARALLEL = 50  # curl's own default for --parallel


@dataclass(frozen=True)
class Job:
    """One upload: the files, where they go, and a folder for what the client needs (its home)."""
    workload: object
    target: object
    home: pathlib.Path
    max_workers: int = 0  # 0: the client's own choice

    @property
    def destination(self):
        return f"s3://{servers.BUCKET}/{PREFIX}"


def environment(job):
    """Credentials, and nothing of the user's own settings."""
    env = {
        "PATH": os.environ["PATH"], "HOME": str(job.home), "LANG": "C.UTF-8",
        "AWS_ACCESS_KEY_ID": servers.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": servers.SECRET_KEY,
        "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    if job.target.authority:
        env["AWS_CA_BUNDLE"] = str(job.target.authority)
    return env


def slipway(job):
    command = [servers.slipway_binary(), "put", "--endpoint-url", job.target.url]
    if job.target.authority:
        command += ["--ca-bundle", job.target.authority]
    if job.max_workers:
        command += ["--max-workers", job.max_workers]
    return command + [job.workload.folder, job.destination], {}


def floor(job):
    """Bare read and send; plain connections only."""
    lines = [f"{job.workload.folder / file}\t{target}\n" for file, target in
             zip(job.workload.sizes, job.target.targets(job.workload.sizes))]
    (job.home / "list").write_text("".join(lines))
    return [program("floor", FLOOR_SOURCES), job.target.port, FLOOR_CONNECTIONS,
            job.home / "list"], {}


def curl(job):
    """One process with all uploads in its config file; unsigned (the sink) or presigned URLs."""
    origin = f"{job.target.url}"
    lines = [f'upload-file = "{job.workload.folder / file}"\nurl = "{origin}{target}"\n'
             'output = "/dev/null"\n' for file, target in
             zip(job.workload.sizes, job.target.targets(job.workload.sizes))]
    (job.home / "uploads").write_text("".join(lines))
    command = ["curl", "--silent", "--show-error", "--fail", "--http1.1", "--globoff",
               "--retry", "10", "--retry-all-errors", "--header", "Expect:", "--parallel",
               "--parallel-max", job.max_workers or CURL_PARALLEL]
    if job.target.authority:
        command += ["--cacert", job.target.authority]
    return command + ["--config", job.home / "uploads"], {}


def s5cmd(job):
    command = [CACHE / "bin" / "s5cmd", "--log", "error", "--endpoint-url", job.target.url]
    if job.max_workers:
        command += ["--numworkers", job.max_workers]
    return command + ["cp", f"{job.workload.folder}/", f"{job.destination}/"], {}


def rclone(job):
    """Tuned: more transfers than its 4, no look-ups before or after, no MD5 of large files."""
    command = [
        CACHE / "bin" / "rclone", "copy", "--config", "", "--transfers", job.max_workers or 64,
        "--checkers", 8, "--no-check-dest", "--no-traverse", "--s3-no-check-bucket",
        "--s3-no-head", "--s3-disable-checksum", "--s3-chunk-size", "16M",
        "--s3-upload-concurrency", 8, "--stats", "0"]
    if job.target.authority:
        command += ["--ca-cert", job.target.authority]
    remote = {"RCLONE_CONFIG_BENCH_TYPE": "s3", "RCLONE_CONFIG_BENCH_PROVIDER": "Minio",
              "RCLONE_CONFIG_BENCH_ENV_AUTH": "true",
              "RCLONE_CONFIG_BENCH_REGION": "us-east-1",
              "RCLONE_CONFIG_BENCH_ENDPOINT": job.target.url}
    return command + [job.workload.folder, f"bench:{servers.BUCKET}/{PREFIX}"], remote


def mc(job):
    folder = job.home / "mc"
    (folder / "certs" / "CAs").mkdir(parents=True)
    if job.target.authority:
        (folder / "certs" / "CAs" / "bench.pem").write_bytes(job.target.authority.read_bytes())
    scheme, place = job.target.url.split("://")
    command = [CACHE / "bin" / "mc", "--config-dir", folder, "--quiet", "cp", "--recursive"]
    return command + [f"{job.workload.folder}/", f"bench/{servers.BUCKET}/{PREFIX}/"], {
        "MC_HOST_bench": f"{scheme}://{servers.ACCESS_KEY}:{servers.SECRET_KEY}@{place}"}


def _python(job, script, *more):
    return [CACHE / "python" / "bin" / "python", servers.PEERS / "python" / script,
            job.target.url, servers.BUCKET, PREFIX, job.workload.folder, *more]


def awscrt(job):
    return _python(job, "awscrt_put.py"), {}


def boto3(job):
    return _python(job, "boto3_put.py", job.max_workers or 10), {}


COMMANDS = {client.__name__: client
            for client in (slipway, floor, curl, s5cmd, rclone, mc, awscrt, boto3)}
# What bench/peers/install.sh calls them, and which of them a mark may call "best peer".
INSTALLED_AS = {"s5cmd": "s5cmd", "rclone": "rclone", "mc": "mc", "awscrt": "python",
                "boto3": "python"}
PEERS = tuple(INSTALLED_AS)
