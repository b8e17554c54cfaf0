# SPDX-License-Identifier: Apache-2.0
"""The reference of the tool, from its own --help."""

import re
import subprocess

COMMAND = re.compile(r"^  ([a-z][a-z-]*) {2,}\S", re.MULTILINE)


def help_text(tool, command):
    text = subprocess.run([tool, *command, "--help"], check=True, capture_output=True, text=True).stdout
    return text.replace(str(tool), "caligo").rstrip()


def subcommands(text):
    _, _, rest = text.partition("\nSubcommands:\n")
    return COMMAND.findall(rest.partition("\n\n")[0])


def section(tool, command):
    text = help_text(tool, command)
    title = " ".join(["caligo", *command])
    yield f"{'#' * (len(command) + 2)} {title}\n\n````text\n{text}\n````\n"
    for name in subcommands(text):
        yield from section(tool, [*command, name])


def page(tool):
    parts = list(section(tool, []))
    if len(parts) < 5:
        raise SystemExit(f"{tool} --help lists no subcommands that this script understands")
    return "# Commands\n\nWhat `--help` prints, command by command.\n\n" + "\n".join(parts)
