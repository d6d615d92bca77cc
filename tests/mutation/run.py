#!/usr/bin/env python3
"""Removes every check of the reader and the trust policy in turn; some test must
turn red each time.

    tests/mutation/run.py [--only FILE] [--first N] [--check N...] [--list]

The tree is copied to target/mutation/tree, and every check there is put behind a
switch, all of them in one build: `if bad {` becomes `if alive(7) && (bad) {`, an
accepting condition `!alive(8) || (good)`, a call whose only outcome is a refusal
`if alive(9) { call?; }`. Then the tests run once per switch, with the number of
the dead check in a file, and stop at the first red one. What the language itself
asks for (an Option that must become a value) cannot be removed and is not counted.

Prints one line per survivor and a table; exits with 1 when a check survives that
is not in `survivors.txt` beside this script, where each has its reason.
Needs Python 3 and nothing else.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
WORK = HOME / "target" / "mutation"
TREE = WORK / "tree"
SWITCH = WORK / "dead-check"
REASONS = Path(__file__).resolve().parent / "survivors.txt"

FILES = [
    "src/flow/sign.rs",
    "src/flow/trust.rs",
    "src/io/archive.rs",
    "src/io/bundle/feed.rs",
    "src/io/bundle/hash.rs",
    "src/io/bundle/member.rs",
    "src/io/bundle/read.rs",
    "src/io/bundle/unjudged.rs",
    "src/io/bundle/verified.rs",
    "src/io/files.rs",
    "src/io/medium.rs",
    "src/io/state.rs",
    "src/io/trust_store.rs",
    "src/io/volumes.rs",
    "src/io/zip/read.rs",
    "src/model/admission.rs",
    "src/model/digest.rs",
    "src/model/entry_name.rs",
    "src/model/key.rs",
    "src/model/key_id.rs",
    "src/model/label.rs",
    "src/model/manifest.rs",
    "src/model/manifest/check.rs",
    "src/model/memory.rs",
    "src/model/path.rs",
    "src/model/release_manifest.rs",
    "src/model/signed_list.rs",
    "src/model/trust.rs",
    "src/model/trust_root.rs",
    "src/model/volume_index.rs",
]

# The tests that are run, in this order, and which of them; all where none is named.
TESTS = {
    "lib": ["io::", "model::"],
    "model": [],
    "cases": ["verify_and_pack"],
    "bundle": [],
    "cli": ["bundles", "keys", "trust"],
}
SECONDS = 120

REFUSES = re.compile(
    r"\bErr\(|return refuse\(|return None|^\s*(return )?Some\(\"|forgive\(|\?;\s*$"
    r"|continue;\s*$|^\s*format!\("
)
ACCEPTS = re.compile(r"^\s*(return )?Ok\(|^\s*\w+\.push\(\w+\);\s*$")


def mask(text):
    """`text` with comments and literals blanked out, at the same places."""
    pattern = re.compile(
        r"//[^\n]*|b?\"(?:\\.|[^\"\\])*\"|b?'(?:\\(?:x..|u\{[^}]*\}|.)|[^'\\])'", re.S
    )
    def blank(found):
        filler = " " if found.group().startswith("//") else "_"
        return re.sub(r"[^\n]", filler, found.group())

    return pattern.sub(blank, text)


def close(code, at):
    """Where the bracket that opens at `at` closes."""
    depth = 0
    for place in range(at, len(code)):
        if code[place] in "([{":
            depth += 1
        elif code[place] in ")]}":
            depth -= 1
            if depth == 0:
                return place
    raise ValueError("unbalanced")


def find_level(code, at, stops, end=None):
    """The first of `stops` from `at` on that is outside all brackets."""
    depth, place = 0, at
    end = len(code) if end is None else end
    while place < end:
        if depth == 0:
            for stop in stops:
                if code.startswith(stop, place):
                    return place, stop
        if code[place] in "([{":
            depth += 1
        elif code[place] in ")]}":
            depth -= 1
            if depth < 0:
                return place, code[place]
        place += 1
    return end, ""


def split_level(code, start, end, operator):
    """The operands of `operator` between `start` and `end`, as ranges."""
    parts = []
    while True:
        place, found = find_level(code, start, [operator], end)
        parts.append((start, min(place, end)))
        if found != operator or place >= end:
            return parts
        start = place + len(operator)


class Source:
    """One file and the switches put into it."""

    def __init__(self, name):
        self.name = name
        self.text = (HOME / name).read_text()
        self.code = mask(self.text)
        tests = self.code.find("#[cfg(test)]")
        self.end = len(self.code) if tests < 0 else tests
        self.inserts = []
        self.checks = []

    def line(self, at):
        return self.text.count("\n", 0, at) + 1

    def strip(self, start, end):
        while start < end and self.code[start].isspace():
            start += 1
        while end > start and self.code[end - 1].isspace():
            end -= 1
        return start, end

    def add(self, kind, start, end, before, after, number):
        start, end = self.strip(start, end)
        self.inserts.append((start, 1, -(end - start), before.replace("@", str(number))))
        self.inserts.append((end, 0, end - start, after))
        shown = " ".join(self.text[start:end].split())
        self.checks.append((number, self.line(start), kind, shown))

    def written(self):
        out, last = [], 0
        for at, _, _, text in sorted(self.inserts):
            out.append(self.text[last:at])
            out.append(text)
            last = at
        out.append(self.text[last:])
        return "".join(out)


ALIVE = "crate::mutant::alive(@)"


def switch(source, number):
    """Puts every check of `source` behind a switch; gives the next free number."""
    code, end = source.code, source.end

    def never(kind, a, b):
        nonlocal number
        is_let = re.search(r"\blet\b", code[a:b])
        before, after = (ALIVE + " && ", "") if is_let else (ALIVE + " && (", ")")
        source.add(kind, a, b, before, after, number)
        number += 1

    def always(kind, a, b):
        nonlocal number
        source.add(kind, a, b, "(!" + ALIVE + " || (", "))", number)
        number += 1

    def is_no_check(a, b):
        """Cancelling and reading on after an interruption refuse nothing."""
        return re.search(r"\bgo_on\b|\bInterrupted\b", code[a:b])

    def each(kind, a, b, operator, put):
        parts = split_level(code, a, b, operator)
        for start, stop in parts:
            if len(parts) > 1 and not re.search(r"\blet\b", code[start:stop]):
                if put == "never":
                    source_add_never(kind, start, stop)
                else:
                    always(kind, start, stop)

    def source_add_never(kind, a, b):
        nonlocal number
        source.add(kind, a, b, "(" + ALIVE + " && (", "))", number)
        number += 1

    in_const = []
    for found in re.finditer(r"\bconst fn\b", code[:end]):
        body = code.index("{", found.end())
        in_const.append((body, close(code, body)))

    def skipped(at):
        return any(a <= at <= b for a, b in in_const)

    conditions = []
    for found in re.finditer(r"\bif\b", code[:end]):
        start = found.end()
        if skipped(start):
            continue
        stop, what = find_level(code, start, ["=>", "{"])
        if what == "=>":
            conditions.append((start, stop))
            if is_no_check(start, stop):
                continue
            never("guard never holds", start, stop)
            always("guard always holds", start, stop)
            continue
        if what != "{":
            continue
        body = source.text[stop + 1 : close(code, stop)]
        conditions.append((start, stop))
        if ACCEPTS.search(body):
            if re.search(r"\blet\b", code[start:stop]):
                continue
            always("accepts always", start, stop)
            each("accepts always", start, stop, "&&", "always")
        elif REFUSES.search(body):
            never("refuses never", start, stop)
            if not re.search(r"\blet\b", code[start:stop]):
                each("refuses never", start, stop, "||", "never")

    # What is joined by `and` outside an `if`.
    done = list(conditions)
    for found in re.finditer(r"&&", code[:end]):
        place = found.start()
        if skipped(place) or any(a <= place < b for a, b in done):
            continue
        depth = 0
        while place > 0:
            place -= 1
            if code[place] in ")]}":
                depth += 1
            elif code[place] in "([{":
                depth -= 1
                if depth < 0:
                    break
            elif depth == 0 and (
                code[place] in ";,|" or code[place - 1 : place + 1] == "=>" or code[place - 1 : place + 2] == " = "
            ):
                break
        stop, _ = find_level(code, place + 1, [";", ","], end)
        done.append((place + 1, stop))
        each("part of a condition", place + 1, stop, "&&", "always")

    # What a closure is asked, and a comparison that is all of an arm.
    for found in re.finditer(r"=> ([\w.]+ (?:<=|>=|==) [\w.]+),", code[:end]):
        always("arm accepts always", *found.span(1))
    for found in re.finditer(r"\.(filter|find)\(", code[:end]):
        stop = close(code, found.end() - 1)
        closure = re.match(r"\s*\|[^|]*\|", code[found.end() : stop])
        if closure and not any(a <= found.start() < b for a, b in done):
            start = found.end() + closure.end()
            always(found.group(1), start, stop)
            if found.group(1) == "find":
                source_add_never("find", start, stop)

    # Arms that name a fault.
    for found in re.finditer(r"^ *(\S[^\n]*?) => Some\(_", code[:end], re.M):
        if " if " not in found.group(1):
            at = found.end(1)
            source.inserts.append((at, 1, 0, " if " + ALIVE.replace("@", str(number))))
            shown = source.text[found.start(1) : at]
            source.checks.append((number, source.line(at), "arm names no fault", shown))
            number += 1

    # Calls whose only outcome is a refusal.
    for found in re.finditer(r"\?;", code[:end]):
        # Walk back over brackets that belong to the statement itself.
        place, depth = found.start(), 0
        while place > 0:
            place -= 1
            if code[place] in ")]}":
                depth += 1
            elif code[place] in "([{":
                depth -= 1
                if depth < 0:
                    break
            elif code[place] == ";" and depth == 0:
                break
            if code[place] == "}" and depth == 1 and code[place + 1 :].lstrip()[:1] not in ".?)":
                break
        start = place + 1
        statement = code[start : found.end()].strip()
        if skipped(start) or is_no_check(start, found.end()):
            continue
        if re.match(r"(let|return|if|match|for|while)\b|#|[\w.]+ [+-]?= ", statement):
            continue
        if statement.startswith("=>") or "=>" in statement.split("(")[0]:
            continue
        source.add("call left out", start, found.end(), "if " + ALIVE + " { ", " }", number)
        number += 1

    # The last call of a function that gives nothing but a refusal.
    for found in re.finditer(r"-> (?:crate::error::)?Result<\(\)> \{", code[:end]):
        start = found.end()
        stop = close(code, start - 1)
        last = start
        while True:
            place, what = find_level(code, last, [";", "{"], stop)
            if what == ";":
                last = place + 1
            elif what == "{":
                after = close(code, place) + 1
                if code[after:stop].lstrip()[:1] in (".", "?", ")", ",", ";") or not code[after:stop].strip():
                    break
                if code[after:stop].lstrip().startswith("else"):
                    last_start = last
                    place2, _ = find_level(code, after, ["{"], stop)
                    after = close(code, place2) + 1
                last = after
            else:
                break
        tail = re.sub(r"\s", "", code[last:stop])
        opening = re.match(r"\s*(Ok|Err|if|match|for|while|loop|return)\b", code[last:stop])
        if re.match(r"[\w:.&()?]+\(", tail) and not opening:
            source.add("call left out", last, stop, "if " + ALIVE + " { ", " } else { Ok(()) }", number)
            number += 1

    # Arms of a match that refuse where another arm accepts.
    for found in re.finditer(r"\bmatch\b", code[:end]):
        body, what = find_level(code, found.end(), ["{"])
        if what != "{" or skipped(body):
            continue
        inner, last = code[body + 1 : close(code, body)], body + 1
        unit, block = "=> Ok(())," in inner, "=> {}" in inner
        for arm in re.finditer(r"=> (Err\(|\{\s*return Err\()", inner):
            start = last + arm.start() + 3
            depth = inner[: arm.start()].count("{") - inner[: arm.start()].count("}")
            if depth:
                continue
            if arm.group(1) == "Err(" and unit:
                stop, _ = find_level(code, start, [","])
                source.add("arm refuses never", start, stop, "if " + ALIVE + " { ", " } else { Ok(()) }", number)
                number += 1
            elif arm.group(1) != "Err(" and block:
                stop = close(code, start)
                source.add("arm refuses never", start + 1, stop, "if " + ALIVE + " { ", " }", number)
                number += 1
    return number


def copied(folder, names):
    """What of a folder is left out of the copy: what was built, and what fuzzing left."""
    built = {HOME: {"target", ".git"}, HOME / "tests/fuzz": {"target", "corpus", "logs"}}
    return built.get(Path(folder), set()) & set(names)


def build():
    """Makes the copy with its switches; gives all checks."""
    fresh = WORK / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(HOME, fresh, ignore=copied, symlinks=True)
    checks, number = [], 1
    for name in FILES:
        source = Source(name)
        number = switch(source, number)
        (fresh / name).write_text(source.written())
        checks += [(n, name, line, kind, text) for n, line, kind, text in source.checks]
    lib = fresh / "src/lib.rs"
    lib.write_text(lib.read_text() + "\n#[doc(hidden)]\npub mod mutant;\n")
    (fresh / "src/mutant.rs").write_text(
        "//! Switches.\n#![allow(missing_docs)]\n"
        "pub fn alive(number: u32) -> bool {\n"
        "    static DEAD: std::sync::OnceLock<u32> = std::sync::OnceLock::new();\n"
        f"    let file = {json.dumps(str(SWITCH))};\n"
        "    let read = || std::fs::read_to_string(file).ok()?.trim().parse().ok();\n"
        "    number != *DEAD.get_or_init(|| read().unwrap_or(0))\n}\n"
    )
    # Only what differs is written, so that a second build has little to do.
    for old in TREE.rglob("*") if TREE.exists() else []:
        if old.is_file() and not (fresh / old.relative_to(TREE)).exists():
            old.unlink()
    for new in fresh.rglob("*"):
        if new.is_file():
            place = TREE / new.relative_to(fresh)
            if not place.exists() or place.read_bytes() != new.read_bytes():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(new, place)
    shutil.rmtree(fresh)
    SWITCH.write_text("0")
    return sorted(checks)


def compile_tests():
    command = ["cargo", "test", "--locked", "--no-run", "--message-format=json"]
    for test in TESTS:
        command += ["--lib"] if test == "lib" else ["--test", test]
    env = dict(os.environ, CARGO_TARGET_DIR=str(WORK / "build"))
    made = subprocess.run(command, cwd=TREE, env=env, stdout=subprocess.PIPE, text=True)
    if made.returncode:
        for line in made.stdout.splitlines():
            message = json.loads(line).get("message") or {}
            if isinstance(message, dict) and message.get("level") == "error":
                print(message["rendered"], file=sys.stderr)
        sys.exit("the copy does not build")
    programs = {}
    for line in made.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message.get("profile", {}).get("test"):
            target = message["target"]
            name = "lib" if target["kind"] == ["lib"] else target["name"]
            programs[name] = message["executable"]
    return [(test, programs[test]) for test in TESTS]


def red(programs):
    """The first test program that fails, and how."""
    for name, program in programs:
        command = [program, "-q", *TESTS[name]]
        try:
            done = subprocess.run(
                command, cwd=TREE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                timeout=SECONDS, text=True, errors="replace",
            )
        except subprocess.TimeoutExpired:
            return name, "too slow"
        if done.returncode:
            found = re.search(r"^    (\S+)$", done.stdout, re.M)
            return name, found.group(1) if found else f"exit {done.returncode}"
    return None


def reasons():
    """Survivors that are known, as (file, text of the check)."""
    known = {}
    if REASONS.exists():
        for line in REASONS.read_text().splitlines():
            if line and not line.startswith("#"):
                place, text, reason = (part.strip() for part in line.split("\t"))
                known[(place, text)] = reason
    return known


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="the files whose names hold this")
    parser.add_argument("--first", type=int, default=1, help="the first check to remove")
    parser.add_argument("--list", action="store_true", help="list the checks and stop")
    parser.add_argument("--check", type=int, nargs="*", help="only these numbers")
    asked = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    checks = [check for check in build() if (asked.only or "") in check[1]]
    if asked.list:
        for number, name, line, kind, text in checks:
            print(f"{number:4} {name}:{line} [{kind}] {text[:110]}")
        return
    programs = compile_tests()
    if found := red(programs):
        sys.exit(f"a test is red before anything was removed: {found}")
    known, counts, unexplained = reasons(), {}, 0
    log = (WORK / "log.txt").open("a")
    for number, name, line, kind, text in checks:
        if number < asked.first or asked.check and number not in asked.check:
            continue
        SWITCH.write_text(str(number))
        begun = time.monotonic()
        found = red(programs)
        took = time.monotonic() - begun
        row = counts.setdefault(name, [0, 0, 0])
        row[0] += 1
        print(f"{number} {name}:{line} [{kind}] {text} -> {found} {took:.1f} s", file=log, flush=True)
        if found:
            continue
        reason = known.get((name, text[:100]))
        row[1 if reason else 2] += 1
        unexplained += not reason
        print(f"{number:4} {name}:{line} [{kind}] {text[:100]}\n     {reason or 'SURVIVED'}", flush=True)
    SWITCH.write_text("0")
    print(f"{'file':<32} checks  red  explained  survived")
    for name, (all_of, explained, survived) in counts.items():
        print(f"{name:<32} {all_of:6} {all_of - explained - survived:4} {explained:10} {survived:9}")
    sys.exit(1 if unexplained else 0)


if __name__ == "__main__":
    main()
