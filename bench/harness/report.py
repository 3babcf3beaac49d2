# SPDX-License-Identifier: Apache-2.0
"""Medians, tables in Markdown, marks reached or missed, a JSON file for each run of a bench."""
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field

from .processes import CACHE


def say(text):
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def median_of(values):
    return statistics.median(list(values))


def spread(values):
    """How far apart the runs were: (largest - smallest) / median, to judge a ratio by."""
    values = list(values)
    return (max(values) - min(values)) / statistics.median(values)


def number(value):
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


@dataclass
class Mark:
    """A figure to reach. `at_most`: smaller is better."""
    what: str
    value: float
    limit: float
    at_most: bool = False

    @property
    def reached(self):
        return self.value <= self.limit if self.at_most else self.value >= self.limit


@dataclass
class Report:
    bench: str
    columns: list
    rows: list = field(default_factory=list)
    marks: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    def add(self, *cells):
        assert len(cells) == len(self.columns), "a cell for each column"
        self.rows.append(list(cells))

    def markdown(self):
        lines = [f"# {self.bench}", "", f"{self.circumstances()}", ""]
        lines += ["| " + " | ".join(self.columns) + " |", "|" + "---|" * len(self.columns)]
        lines += ["| " + " | ".join(number(cell) for cell in row) + " |" for row in self.rows]
        if self.marks:
            lines += ["", "| mark | measured | to reach | |", "|---|---|---|---|"]
            lines += [f"| {mark.what} | {number(mark.value)} | "
                      f"{'at most' if mark.at_most else 'at least'} {number(mark.limit)} | "
                      f"{'reached' if mark.reached else '**missed**'} |" for mark in self.marks]
        lines += [""] + [f"- {note}" for note in self.notes]
        return "\n".join(lines) + "\n"

    @staticmethod
    def circumstances():
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True,
                                text=True, cwd=os.path.dirname(__file__)).stdout.strip()
        return (f"{time.strftime('%Y-%m-%d %H:%M')}, commit {commit or 'none'}, {os.cpu_count()} "
                f"cores, Linux {platform.release()}, `{' '.join(sys.argv)}`")

    def finish(self, json_file=None):
        """Prints the report; Markdown and JSON go into the cache, JSON to `json_file` too."""
        folder = CACHE / "results"
        folder.mkdir(parents=True, exist_ok=True)
        stem = folder / f"{self.bench}-{time.strftime('%Y%m%d-%H%M%S')}"
        content = asdict(self) | {"circumstances": self.circumstances()}
        for mark, plain in zip(self.marks, content["marks"]):
            plain["reached"] = mark.reached
        text = json.dumps(content, indent=1) + "\n"
        stem.with_suffix(".json").write_text(text)
        if json_file:
            pathlib.Path(json_file).write_text(text)
        stem.with_suffix(".md").write_text(self.markdown())
        print("\n" + self.markdown() + f"\nwritten: {stem}.md and .json")
