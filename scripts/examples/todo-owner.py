#!/usr/bin/env python3
"""A plugin in Python: every TODO names who does it, as in TODO(ada)."""

import json
import pathlib
import re
import sys

RULE = {
    "id": "no-owner",
    "severity": "warning",
    "doc": "A TODO without a name.\n\nWhat nobody owns is never done. Write TODO(name).",
    "bad": ["-- a.py --\n# TODO: later\n"],
    "good": ["-- a.py --\n# TODO(ada): later\n"],
}


def tell(kind, **words):
    print(json.dumps({kind: words}))


request = json.load(sys.stdin)
if request["schema"] != 1:
    sys.exit("this plugin speaks schema 1")
if request["request"] == "describe":
    tell("rule", **RULE)
    tell("done", schema=1)
    sys.exit()

words = "|".join(map(re.escape, request["options"].get("words", ["TODO"])))
pattern = re.compile(rf"\b({words})\b(?!\()")
files = items = 0
for file in request["files"]:
    if file["kind"] not in ("file", "executable"):
        tell("skipped", reason=file["kind"], count=1)
        continue
    data = pathlib.Path(request["root"], file["path"]).read_bytes()
    if b"\0" in data:
        tell("skipped", reason="binary", count=1)
        continue
    files += 1
    for number, line in enumerate(data.decode(errors="replace").split("\n"), 1):
        items += 1
        for found in pattern.finditer(line):
            tell(
                "finding",
                rule="no-owner",
                path=file["path"],
                line=number,
                column=found.start() + 1,
                endColumn=found.end() + 1,
                message=f"'{found[1]}' names nobody",
                fix=f"write {found[1]}(name)",
            )
tell("done", schema=1, examined={"files": files, "items": items})
