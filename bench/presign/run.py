#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Presigned upload URLs over HTTP: Slipway, the documented Flask app, the same in Go.

Slipway commits every ticket to its catalog before it answers; the peers keep no record.
See bench/README.md for how to read the result.
"""
import argparse
import functools
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import servers, sigv4  # noqa: E402
from harness.load import run_load  # noqa: E402
from harness.processes import end_cleanly_on_signals  # noqa: E402
from harness.report import Mark, Report, median_of, say, spread  # noqa: E402
import signing  # noqa: E402

UPLOAD = "/api/files/upload/"
AUTHORIZED = {"Authorization": f"Bearer {servers.TOKEN}", "Content-Type": "application/json"}
# (tickets a request, connections)
CASES = [(100, 64), (100, 16), (1, 64), (1, 16)]
STARTERS = {
    "slipway": servers.start_slipway,
    "go": servers.start_go,
    "flask-sync": functools.partial(servers.start_flask, "sync"),
    "flask-gthread": functools.partial(servers.start_flask, "gthread"),
}


def post(server, route, body):
    status, _headers, text = servers.request(server.api_port, "POST", route, json.dumps(body),
                                             AUTHORIZED)
    if status != 200:
        raise RuntimeError(f"{server.name}: POST {route} answered {status}: {text[:300]}")
    return json.loads(text)


def a_file(name, tier="standard", size=1_024_000):
    return {"file_name": name, "content_type": "image/jpeg", "file_size": size, "tier": tier}


def check_answers(server):
    """The documented answer, and URLs whose signatures hold for the documented client's PUT."""
    wanted = {f"check-{tier}-{i}.jpg": tier for i in range(2) for tier in ("standard", "glacier")}
    batch = post(server, UPLOAD, {"files": [a_file(name, tier) for name, tier in wanted.items()]})
    one = post(server, UPLOAD, a_file("check-single.jpg"))
    if batch["failed"] or len(batch["successful"]) != len(wanted):
        raise RuntimeError(f"{server.name}: not every ticket was given: {batch}")
    for entry in [*batch["successful"], one]:
        name = entry["file_name"]
        key = f"{servers.USERNAME}/{name}"
        documented = {"status": "success", "s3_key": key, "id": key.replace("/", "-")}
        if not documented.items() <= entry.items():
            raise RuntimeError(f"{server.name}: not the documented entry: {entry}")
        headers = {"Content-Type": "image/jpeg", "Content-Length": "1024000"}
        if wanted.get(name) == "glacier":
            headers["x-amz-storage-class"] = "GLACIER"
        headers |= entry.get("headers") or {}
        sigv4.check_presigned("PUT", entry["presigned_url"], headers, servers.SECRET_KEY)


def check_tickets_survive(server):
    """kill -9 right after an answer; the ticket must still be good for PUT and confirm."""
    body = b"what was promised"
    ticket = post(server, UPLOAD, a_file("survives-kill-9.jpg", size=len(body)))
    server.kill()
    again = servers.start_slipway(server.data, server.store_port)
    target = ticket["presigned_url"].split("/", 3)[3]
    status, _headers, text = servers.request(again.store_port, "PUT", "/" + target, body,
                                             {"Content-Type": "image/jpeg"})
    if status != 200:
        raise RuntimeError(f"PUT with a ticket from before kill -9 answered {status}: {text[:300]}")
    confirmed = post(again, "/api/files/confirm_uploads/", {"s3_keys": [ticket["s3_key"]]})
    if confirmed["results"][0]["status"] != "success":
        raise RuntimeError(f"a ticket was lost with kill -9: {confirmed}")
    return again


def measure(running, tickets, connections, repeats, seconds):
    """The runs of each server: a warm-up, then `repeats` rounds, the servers in turn."""
    runs = {server.name: [] for server in running}
    for repeat in range(-1, repeats):
        for server in running:
            what = f"{server.name}, {tickets} a request, {connections} connections"
            run = run_load(server, server.api_port, what, connections=connections,
                           seconds=seconds, tickets=tickets, token=servers.TOKEN,
                           prefix=f"b{tickets}c{connections}r{repeat + 1}")
            if repeat >= 0:
                runs[server.name].append(run)
                say(f"{what}: {run.per_second(run.tickets):,.0f} URLs/s, "
                    f"{run.server_cpu_us / run.requests:,.0f} us CPU a request")
    return runs


def add_rows(table, case, runs):
    """One row a server; returns what the marks are made of."""
    figures = {}
    for name, its in runs.items():
        rates = [run.per_second(run.tickets) for run in its]
        figures[name] = {
            "urls": median_of(rates),
            "cpu_us": median_of(run.server_cpu_us / run.requests for run in its),
            "urls_per_cpu_s": median_of(run.tickets / run.server_cpu_us * 1e6 for run in its),
        }
        table.add(case, name, figures[name]["urls"],
                  median_of(run.per_second(run.requests) for run in its),
                  figures[name]["cpu_us"], figures[name]["urls_per_cpu_s"],
                  median_of(run.client_cpu_us / run.requests for run in its),
                  median_of(run.p50_us / 1000 for run in its),
                  median_of(run.p99_us / 1000 for run in its), f"{spread(rates):.0%}")
    return figures


def add_marks(table, figures):
    batch, single = figures[(100, 64)], figures[(1, 64)]
    ours = batch["slipway"]
    flask = [figure["urls"] for name, figure in batch.items() if name.startswith("flask")]
    if flask:
        table.marks.append(Mark("batches of 100: URLs/s, times Flask (its faster workers)",
                                ours["urls"] / max(flask), 20))
    if "go" in batch:
        table.marks += [
            Mark("batches of 100: URLs/s, times Go", ours["urls"] / batch["go"]["urls"], 2),
            Mark("batches of 100: URLs per CPU second, times Go",
                 ours["urls_per_cpu_s"] / batch["go"]["urls_per_cpu_s"], 2),
            Mark("one file a request: server CPU, share of Go's",
                 single["slipway"]["cpu_us"] / single["go"]["cpu_us"], 0.5, at_most=True),
        ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short run of each, for sanity")
    parser.add_argument("--signing", action="store_true", help="signing alone, no HTTP")
    parser.add_argument("--servers", default=",".join(STARTERS), help="which of them")
    options = parser.parse_args()
    end_cleanly_on_signals()
    if options.signing:
        return signing.run(options.quick)
    wanted = options.servers.split(",")
    repeats, seconds = (1, 1) if options.quick else (5, 3)
    servers.install("go", "flask")

    table = Report("presign", ["case", "server", "URLs/s", "requests/s", "server CPU us/request",
                               "URLs per server CPU s", "client CPU us/request", "p50 ms",
                               "p99 ms", "spread"])
    running = [STARTERS[name]() for name in wanted]
    for server in running:
        check_answers(server)
    say("answers and signatures are right: " + ", ".join(wanted))

    figures = {}
    for tickets, connections in CASES:
        runs = measure(running, tickets, connections, repeats, seconds)
        case = f"{tickets} a request, {connections} connections"
        figures[(tickets, connections)] = add_rows(table, case, runs)
    table.notes += [f"{server.name}: peak RSS {server.peak_rss_kib() / 1024:,.0f} MiB"
                    for server in running]
    if "slipway" in wanted:
        add_marks(table, figures)
        check_tickets_survive(running[wanted.index("slipway")])
        table.notes.append("Slipway's tickets are in its catalog: one answered just before "
                           "kill -9 was good for PUT and confirm after a restart. "
                           "The peers record nothing.")
    table.notes.append(f"median of {repeats}, {seconds} s each, after a warm-up")
    table.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main())
