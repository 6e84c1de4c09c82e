# SPDX-License-Identifier: MIT
"""Two transcripts of tests/user, compared case by case, line by line.

A case is known by its program and its title ("S30 openat2 and the jump").
What it printed is the list of its lines, its verdict last. Nothing here boots
a machine: see tools/twin and tests/run.
"""
import collections
import difflib
import pathlib
import re

HERE = pathlib.Path(__file__).parent
KEPT = HERE / "linux.transcript"
KEPT_NEWER = HERE / "newer.transcript"
DIFFERENCES = HERE / "differences"
ROWS = HERE / "rows"

# Why a difference can be meant; nothing else is a reason.
KINDS = {"newer": "6.1 is older than what Warren follows",
         "at-once": "Warren does at once what Linux does later",
         "config": "how Debian configures its kernel",
         "warren": "Warren has more to show"}
# In the title of a case that 6.1 is too old for: what counts is what a newer
# Linux said to it, kept in a file of its own (tools/twin --record-here).
NEWER = "(6.18)"
NEWER_SINCE = 6, 18
Entry = collections.namedtuple("Entry", "key linux warren kind why line")
Result = collections.namedtuple(
    "Result", "equal listed different missing unrecorded stale")


# ---- transcripts -------------------------------------------------------------

def cases_of(text):
    """{(program, title): [lines]} of what tests/user/run-tests printed."""
    cases, program, lines = {}, None, []
    for line in text.replace("\r", "").splitlines():
        line = line.rstrip()
        if begin := re.match(r"## begin (\S+)$", line):
            program, lines = begin[1], []
        elif line.startswith("## ") or not program:
            program = None if line.startswith("## end") else program
        elif verdict := re.match(r"(ok|not ok) \d+ - (.*)", line):
            key = program, unique(cases, program, verdict[2])
            cases[key] = lines + [verdict[1]]
            lines = []
        elif line and not re.match(r"1\.\.\d+$", line):
            lines.append(line)
    return cases


def unique(cases, program, title):
    """A second case with the same title is "title (2)"."""
    n, name = 1, title
    while (program, name) in cases:
        n += 1
        name = f"{title} ({n})"
    return name


def ended(text):
    return re.search(r"^## all done \d+$", text.replace("\r", ""), re.M)


def write_kept(cases, path=KEPT, kernel="", what="tests/user",
               how="make twin RECORD=1"):
    """Sorted by program, no case has a number: two people's new cases do not
    touch the same lines."""
    out = ["# SPDX-License-Identifier: MIT",
           f"# What {what} observed on Linux. Made by "
           f"`{how}`, never by hand."]
    out += [f"# {kernel}"] if kernel else []
    for (program, title), lines in sorted(
            cases.items(), key=lambda item: item[0][0]):
        out += ["", f"## {program}: {title}"] + lines
    path.write_text("\n".join(out) + "\n")


def read_kept(path=KEPT):
    cases, lines = {}, []
    for line in path.read_text().splitlines() if path.exists() else []:
        if head := re.match(r"## (\S+): (.*)", line):
            lines = cases.setdefault((head[1], head[2]), [])
        elif line:
            lines.append(line)
    return cases


# ---- what a newer Linux said --------------------------------------------------

def for_newer(key, entries):
    """Is it kept in KEPT_NEWER: a case for newer ones alone, or one whose
    difference from 6.1 is that Warren does as they do?"""
    return NEWER in key[1] or any(
        e.key == key and e.kind == "newer" for e in entries)


def with_newer(old, newer):
    """The answers to compare with: 6.1's, and newer ones' where it has none."""
    return {k: v for k, v in old.items() if NEWER not in k[1]} | \
        {k: v for k, v in newer.items() if NEWER in k[1]}


def compare_newer(warren, newer, entries):
    """{key: hunks} of what Warren ran of these cases. A difference "newer" is
    proved here, line by line."""
    return {key: hunks(newer.get(key, []), lines)
            for key, lines in warren.items() if for_newer(key, entries)}


def tell_newer(found):
    """As tell() does."""
    for key, odd in found.items():
        if odd:
            print(f"\n{key[0]}: {key[1]}\n    {'a newer Linux':38} | Warren")
        for a, b in odd:
            print(*columns(a, b), sep="\n")
    bad = sum(bool(odd) for odd in found.values())
    print(f"{len(found)} cases against a newer Linux: {len(found) - bad} "
          f"equal, {bad} different")


def results_newer(found):
    """As results(); what compare() has seen already is not told twice."""
    return [(f"twin {p}: {t}: as on a newer Linux (tools/twin --record-here)",
             not odd) for (p, t), odd in found.items() if NEWER not in t]


# ---- the differences that are meant ------------------------------------------

def read_differences(path=DIFFERENCES):
    """(entries, errors); the file's head says how an entry looks."""
    entries, errors = [], []
    lines = path.read_text().splitlines()
    for number, block in blocks(lines):
        head = re.match(r"(\S+): (.+)", block[0])
        sides = {"-": [], "+": []}
        kind = why = None
        for line in block[1:]:
            if reason := re.match(r"([a-z-]+): (.+)", line):
                kind, why = reason.groups()
            elif line[:2] in ("- ", "+ "):
                sides[line[0]].append(line[2:])
            elif line.startswith("  ") and why:
                why += " " + line.strip()
            else:
                errors.append(f"{path}:{number}: what is {line!r}?")
        if not head or kind not in KINDS or sides["-"] == sides["+"]:
            errors.append(f"{path}:{number}: no title, no difference, or no "
                          f"reason of {', '.join(KINDS)}")
            continue
        entries.append(Entry(head.groups(), sides["-"], sides["+"], kind, why,
                             number))
    return entries, errors


def blocks(lines):
    """(line number, lines) of each run of lines between empty ones."""
    block, start = [], 0
    for number, line in enumerate(lines + [""], 1):
        if line.startswith("#"):
            continue
        if line:
            start = start if block else number
            block.append(line)
        elif block:
            yield start, block
            block = []


def hunks(linux, warren):
    """[(linux's lines, warren's lines)] where the two lists differ."""
    ops = difflib.SequenceMatcher(None, linux, warren, False).get_opcodes()
    return [(linux[a:b], warren[c:d]) for op, a, b, c, d in ops
            if op != "equal"]


def compare(linux, warren, entries):
    """Every case of @warren against @linux's. A case whose every hunk stands
    in @entries is listed; an entry that explains nothing is stale."""
    used, res = set(), Result([], [], [], [], [], [])
    for key, lines in warren.items():
        if key not in linux:
            res.unrecorded.append(key)
            continue
        open_hunks = []
        found = hunks(linux[key], lines)
        for a, b in found:
            at = next((i for i, e in enumerate(entries) if e.key == key
                       and (e.linux, e.warren) == (a, b)), None)
            if at is None:
                open_hunks.append((a, b))
            else:
                used.add(at)
        if open_hunks:
            res.different.append((key, open_hunks))
        else:
            (res.listed if found else res.equal).append(key)
    res.missing.extend(key for key in linux if key not in warren)
    res.stale.extend(e for i, e in enumerate(entries) if i not in used)
    return res


# ---- the rows ----------------------------------------------------------------

def read_rows(path=ROWS):
    """{row: (kind, title)}; the kinds stand in the file's head."""
    rows = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            row, kind, title = line.split(None, 2)
            rows[row] = kind, title
    return rows


def rows_of(title):
    """The rows that a case names: the words before its text."""
    return re.match(r"(?:[A-Z]+\d+[a-z]?\s)*", title)[0].split()


def text_of(title):
    """The rest of it."""
    return title[len(" ".join(rows_of(title))):].strip()


def rows_without(cases, rows):
    named = {row for _, title in cases for row in rows_of(title)}

    def shown(row):
        kind = rows[row][0]
        return row in named or kind in ("internal", "none") or \
            kind[0] == "=" and all(shown(r) for r in kind[1:].split(","))
    return [row for row in rows if not shown(row)]


def failing(cases):
    """A case must hold on Linux, whatever Warren does."""
    def fails(lines):
        return lines[-1] != "ok" or any(
            line.startswith("# failed: ") for line in lines)
    return [key for key, lines in cases.items() if fails(lines)]


def unknown_rows(cases, rows):
    return [(key, row) for key in cases for row in rows_of(key[1])
            if row not in rows] + \
        [(key, "none") for key in cases if not rows_of(key[1])]


# ---- in words ----------------------------------------------------------------

def columns(linux, warren, width=38):
    """The lines of a hunk side by side."""
    for i in range(max(len(linux), len(warren))):
        a = linux[i] if i < len(linux) else ""
        b = warren[i] if i < len(warren) else ""
        yield f"    {a:{width}} | {b}"


def tell(res, rows, cases):
    """What a person reads: each difference in two columns, then the sums."""
    for key, found in res.different:
        print(f"\n{key[0]}: {key[1]}\n    {'Linux':38} | Warren")
        for a, b in found:
            print(*columns(a, b), sep="\n")
    for key in res.unrecorded:
        print(f"not recorded: {key[0]}: {key[1]}")
    for key in res.missing:
        print(f"recorded, but Warren did not run it: {key[0]}: {key[1]}")
    for e in res.stale:
        print(f"{DIFFERENCES.name}:{e.line}: this difference does not occur: "
              f"{e.key[0]}: {e.key[1]}")
    for key, row in unknown_rows(cases, rows):
        print(f"{key[0]}: {key[1]}: row {row} is not in tests/twin/rows")
    without = rows_without(cases, rows)
    print(f"\n{len(cases)} cases: {len(res.equal)} equal, {len(res.listed)} "
          f"listed, {len(res.different)} different, "
          f"{len(res.unrecorded)} not recorded")
    print(f"{len(without)} rows without a case: {' '.join(without) or '-'}")


def results(res, rows, cases, errors=()):
    """[(label, passed)], one for each case, as tests/run counts them."""
    out = [(f"twin {p}: {t}", True) for p, t in res.equal + res.listed]
    out += [(f"twin {p}: {t}: differs from Linux", False)
            for (p, t), _ in res.different]
    out += [(f"twin {p}: {t}: not recorded yet: run make twin RECORD=1", False)
            for p, t in res.unrecorded]
    out += [(f"twin {p}: {t}: recorded, but did not run (if the case is gone: "
             "make twin RECORD=1)", False) for p, t in res.missing]
    out += [(f"twin: {DIFFERENCES.name}:{e.line} does not occur", False)
            for e in res.stale]
    out += [(f"twin {p}: {t}: row {row} is not in tests/twin/rows", False)
            for (p, t), row in unknown_rows(cases, rows)]
    return out + [(f"twin: {error}", False) for error in errors]
