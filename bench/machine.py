# SPDX-License-Identifier: Apache-2.0
"""What all measurements here need: the processor's name, runs of the tool, a table for people and one in a file."""

import csv
import datetime
import json
import platform
import shlex
import subprocess
from pathlib import Path


def processor():
    """The processor's name as Linux tells it."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown processor"
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def run_json(*command):
    """The JSON document that a command prints."""
    output = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(output)


def print_table(heads, lines):
    """The first column is aligned left, the others right."""
    widths = [max(len(line[i]) for line in [heads, *lines]) for i in range(len(heads))]
    for line in [heads, *lines]:
        print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths))))


def write_csv(path, origin, command, heads, lines):
    """A table in a file, below the processor, where the figures come from, the day, and the words of the command."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# {processor()}; {origin}; {datetime.date.today()}\n")
        file.write(f"# command: {shlex.join(command)}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(lines)
