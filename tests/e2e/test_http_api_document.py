# SPDX-License-Identifier: Apache-2.0
"""The examples of docs/http-api.md, in their order, as they stand there."""

import json
import pathlib
import re
import subprocess

from slipway_process import SlipwayProcess

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs/http-api.md"
BLOCK = re.compile(r"^```(sh|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> list[list]:
    """Each example's commands, with the answer that stands right after them, or None."""
    found = []
    for language, text in BLOCK.findall(DOCUMENT.read_text()):
        if language == "sh":
            found.append([text, None])
        else:
            assert found[-1][1] is None, f"two answers to one example: {text}"
            found[-1][1] = json.loads(text)
    return found


def fits(answer, expected) -> bool:
    """Equal, where '...' stands for any text."""
    if isinstance(expected, dict):
        return (isinstance(answer, dict) and list(answer) == list(expected)
                and all(fits(answer[name], value) for name, value in expected.items()))
    if isinstance(expected, list):
        return (isinstance(answer, list) and len(answer) == len(expected)
                and all(map(fits, answer, expected)))
    if isinstance(expected, str) and "..." in expected and isinstance(answer, str):
        return re.fullmatch(re.escape(expected).replace(r"\.\.\.", ".*"), answer) is not None
    return answer == expected


def test_examples_answer_as_written(tmp_path):
    server = SlipwayProcess(tmp_path)
    server.token = "secret"
    server.start()
    try:
        script = "set -eu -o pipefail\n"
        for number, (commands, _) in enumerate(examples()):
            script += f"{commands}\necho\necho '=== end of example {number}'\n"
        script = script.replace("http://127.0.0.1:8080", server.url)
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True,
                              timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    finally:
        server.stop()
    outputs = re.split(r"=== end of example \d+\n", done.stdout)[:-1]
    outputs = [text.replace(server.store_url, "http://127.0.0.1:9000") for text in outputs]
    assert len(outputs) == len(examples()) > 10
    for (commands, expected), output in zip(examples(), outputs):
        if expected is not None:
            assert fits(json.loads(output), expected), (commands, output)
        for status in re.findall(r"^\d{3}\b", output, re.MULTILINE):
            assert status in {"200", "204", "303"}, (commands, output)
