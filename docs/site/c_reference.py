# SPDX-License-Identifier: Apache-2.0
"""The reference of the C interface, from the comments of its headers.

Understood is what the headers use: `///` before a declaration, `///<` behind a member or constant, `// ---- Title ---`
before a section, functions, structures, constants, types.
"""

import re
from pathlib import Path

PARTS = {"base": "Versions, errors, bits", "codec": "Codes, encoding, decoding", "soft": "Soft output",
         "reconcile": "Reconciliation", "session": "Sessions", "key": "Keys: amplification, length, authentication",
         "container": "Containers", "simulate": "Simulation", "distill": "Distillation"}
RULE = re.compile(r"^// ---- (.*?) -*$")
MEMBER = re.compile(r"^\s*([A-Za-z_][^;/]*);(?:\s*///< ?(.*))?$")
CONSTANT = re.compile(r"^\s*(?:enum \{ )?(CALIGO_\w+)(?: = [^,/}]+)?,?(?:\s*///< ?(.*))?")
CONTINUED = re.compile(r"^\s+///< ?(.*)$")


def prose(lines):
    """Comment lines as Markdown: code stays code, functions become links."""
    text = "\n".join(line.rstrip() for line in lines)
    text = re.sub(r"(?<!`)<(caligo[\w./]*)>", r"`<\1>`", text)
    text = re.sub(r"(?<![`\w])(caligo_\w+)\(\)", r"{c:func}`\1`", text)
    text = re.sub(r"^@since (.*)$", r"\n*Since \1.*", text, flags=re.MULTILINE)
    return text.strip()


def directive(kind, signature, body, fence="```"):
    return f"{fence}{{c:{kind}}} {signature}\n{body}\n{fence}\n"


def flat(lines):
    return re.sub(r"\s+", " ", " ".join(lines)).strip()


def function(lines, comment):
    signature = re.sub(r"^(CALIGO_API|CALIGO_CHECKED) ", "", flat(lines)).rstrip(";")
    return directive("function", signature, prose(comment))


def structure(lines, comment):
    name = re.match(r"typedef struct (\w+)", lines[0])[1]
    members, last = [], None
    body = re.sub(r"(?m)^(\s*[A-Za-z_][^;/\n]*)\n\s*(?=[A-Za-z_])", r"\1 ", "\n".join(lines[1:-1]))  # broken declarations
    for line in body.splitlines():
        if match := MEMBER.match(line):
            last = [match[1], [match[2] or ""]]
            members.append(last)
        elif (match := CONTINUED.match(line)) and last:
            last[1].append(match[1])
    body = prose(comment) + "\n\n" + "\n".join(directive("member", flat([declaration]), prose(text))
                                               for declaration, text in members)
    return directive("struct", name, body, "````")


def constants(lines, comment):
    found, last = [], None
    for line in lines:
        if match := CONTINUED.match(line):
            if last:
                last[1].append(match[1])
        elif (match := CONSTANT.match(line)) and not line.startswith("enum {\n"):
            last = [match[1], [match[2] or ""]]
            found.append(last)
    return prose(comment) + "\n\n" + "\n".join(directive("macro", name, prose(text)) for name, text in found)


def declaration(lines, comment):
    first = lines[0]
    if first.startswith(("CALIGO_API", "CALIGO_CHECKED")):
        return function(lines, comment)
    if first.startswith("enum"):
        return constants(lines, comment)
    if first.startswith("#define CALIGO_"):
        name = re.match(r"#define (CALIGO_\w+)", first)[1]
        return directive("macro", name, prose(comment)) if not name.endswith(("_API", "_CHECKED", "_H")) else ""
    if first.startswith("typedef struct") and len(lines) > 1:
        return structure(lines, comment)
    if match := re.match(r"typedef struct \w+ (\w+);", first):
        return directive("type", match[1], prose(comment))
    return directive("type", flat(lines).removeprefix("typedef ").rstrip(";"), prose(comment))


def ends(lines):
    text = lines[-1].rstrip()
    if lines[0].startswith("#define"):
        return not text.endswith("\\")
    if lines[0].startswith("enum"):
        return text.endswith("};")
    if lines[0].startswith("typedef struct") and "{" in lines[0]:
        return text.startswith("}")
    return text.endswith(";")


def sections(text):
    """Markdown of a header's body, and the comment of its head."""
    head, comment, block, parts = [], [], [], []
    started = False
    for line in text.splitlines():
        if block:
            block.append(line)
        elif rule := RULE.match(line):
            parts.append(f"## {rule[1]}\n")
            comment = []
        elif line.startswith("///"):
            comment.append(line[3:].removeprefix(" "))
        elif re.match(r"(CALIGO_(API|CHECKED)|typedef|enum|#define CALIGO_V)", line):
            block = [line]
        else:
            if comment and not started:
                head, started = comment, True
            comment = []
        if block and ends(block):
            parts.append(declaration(block, comment))
            block, comment = [], []
    return head, "\n".join(parts)


def pages(include):
    """(file name, Markdown) of every part, and of the list of parts."""
    intro, _ = sections((include / "caligo.h").read_text("utf-8"))
    names = [path.stem for path in sorted(include.glob("caligo/c/*.h"), key=lambda path: list(PARTS).index(path.stem))]
    yield "c.md", ("# C reference\n\n" + prose(intro).replace("\nConventions\n", "\n## Conventions\n") +
                   "\n\n```{toctree}\n:maxdepth: 1\n\n" + "\n".join(f"c-{name}" for name in names) + "\n```\n")
    for name in names:
        head, body = sections((include / f"caligo/c/{name}.h").read_text("utf-8"))
        if "c:function" not in body:
            raise SystemExit(f"caligo/c/{name}.h: no function found")
        yield f"c-{name}.md", f"# {PARTS[name]}\n\n`#include <caligo/c/{name}.h>`\n\n{prose(head)}\n\n{body}"
