#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The benchmark of `make bench`, `make bench-check` and `make profile`.

    run.py [all]        everything, Linux included: a table, JSON, a plot
    run.py check        Warren alone, against baseline/warren.tab: an operation
                        that rose by more than 3 % is named, and the exit is 1
    run.py keep         write baseline/warren.tab anew
    run.py smp          sixteen tasks at once, with one CPU and with four: what
                        costs 15 % more is named, and the exit is 1
    run.py profile OP   where the instructions of one operation go; OP=boot: of
                        the way to user space
"""
import re
import subprocess
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import boots  # noqa: E402
import report  # noqa: E402
from boots import (BASELINE, BENCH, WARREN, boot, iso_boot,  # noqa: E402
                   stored, table)

KINDS = ("uts", "ipc", "mnt", "pid", "net", "user", "cgroup", "time", "fds",
         "procs")
RISE = 1.03
SCALE = 1.15
KEPT = "warren.tab"


def operations(text):
    """Only what was measured by samples: the exact part of a table."""
    return {line.split()[2]: int(line.split()[4])
            for line in text.splitlines() if line.startswith("B ")}


# ---- check ------------------------------------------------------------------

def check():
    kept, now = stored(KEPT), operations(boot("check"))
    worse = [(op, kept[op], n) for op, n in now.items()
             if op in kept and n > kept[op] * RISE]
    gone = [op for op in kept if op not in now and not op.startswith("t_")]
    for op, old, new in worse:
        print(f"FAIL bench: {op} rose from {old} to {new} instructions "
              f"({new / old - 1:+.1%})")
    for op in gone:
        print(f"FAIL bench: {op} is not measured any more")
    if not now:
        print("FAIL bench: nothing was measured")
    better = sum(n * RISE < kept.get(op, 0) for op, n in now.items())
    print(f"bench-check: {len(now)} operations, {len(worse)} above the kept "
          f"table by more than 3 %, {better} below it, "
          f"{len(set(now) - set(kept))} new")
    return bool(worse or gone or not now)


def keep():
    text = boot("keep")
    lines = [line for line in text.splitlines()
             if line.startswith("B ") or line.startswith("V t_user")]
    (BASELINE / KEPT).write_text("\n".join(lines) + "\n")
    return 0


# ---- scaling out ------------------------------------------------------------

def smp_rows():
    """[(operation, with one CPU, with four, of which waiting)]."""
    one, four = (table(boot(f"smp{n}", words="smp", smp=n)) for n in (1, 4))
    return [(op, n, four.get(op, 0), four.get(op + "_spun", 0))
            for op, n in one.items()
            if op.startswith("smp_") and not op.endswith("_spun")]


def locks_waited_for():
    """What the debug build says of its locks, with CPUs that run at once."""
    if not boots.DEBUG.exists():
        return ["(no build-debug: make DEBUG=1)"]
    text = boot("smp-debug", boots.DEBUG, words="smp", smp=4, wall=True)
    lines = [line[2:] for line in text.splitlines() if line.startswith("L ")]
    return sorted(lines, key=lambda line: -int(line.split()[-3]))


def smp():
    dear = []
    print(f"{'16 tasks, instructions each':32} {'1 CPU':>8} {'4 CPUs':>8} "
          f"{'spinning':>8}")
    for op, one, four, spun in smp_rows():
        print(f"{op[4:]:32} {one:8} {four:8} {spun:8}  {four / one:.2f}")
        if not four or four > one * SCALE:
            dear.append(op)
    print("\nLocks that were waited for, by name:", *locks_waited_for(),
          sep="\n    ")
    for op in dear:
        print(f"FAIL bench: {op} with four CPUs costs more than {SCALE} times "
              "what it costs with one")
    return bool(dear)


# ---- all --------------------------------------------------------------------

def smallest_memory():
    """The least -m (MiB) in which Warren comes to user space."""
    low, high = 1, 64
    while high - low > 1:
        middle = (low + high) // 2
        try:
            boot("memory", words="boot", mem=middle)
            high = middle
        except boots.Failed:
            low = middle
    return high


def stripped_bytes():
    out = BENCH / "stripped.elf"
    subprocess.run(["strip", "-o", out, WARREN], check=True)
    return out.stat().st_size


def machine_rows():
    """Boot, image, memory, growth."""
    # the TSC counts nanoseconds: 2^7 of them an instruction
    late = table(boot("shift7", words="boot", shift=7))["t_user_start"] >> 7
    found = {"t_user_start_shift7": late,
             "image_bytes": stripped_bytes(),
             "smallest_mib": smallest_memory(),
             "t_iso_above_empty": iso_boot("iso", WARREN) -
             iso_boot("iso-empty", BENCH / "empty.elf")}
    for kind in KINDS:
        got = table(boot(f"mem-{kind}", words=f"mem_{kind}"))
        found.update((k, n) for k, n in got.items() if k.startswith("mem_"))
    for group, mem in (("scale", 6144), ("bind", 1024)):
        got = table(boot(group, words=group, mem=mem))
        found.update((k, n) for k, n in got.items() if k.startswith("scale_"))
    return found


def tsc_khz():
    """The host's: what a tick of a boot without -icount is."""
    text = pathlib.Path("/proc/cpuinfo").read_text()
    return float(re.search(r"cpu MHz\s*:\s*([\d.]+)", text)[1]) * 1000


def wall_ns(name, kernel, append=""):
    """Minimum over three boots of each median, in ns: noisy, as time is."""
    best = {}
    for i in range(3):
        text = boot(f"wall-{name}-{i}", kernel, wall=True, append=append)
        for op, n in operations(text).items():
            ns = round(n * 1e6 / tsc_khz())
            best[op] = min(best.get(op, ns), ns)
    return best


def linux_now():
    """Debian's kernel with the very same initramfs; {} if it is not here."""
    kernel = boots.DEBIAN
    if not kernel.exists():
        print("bench: no Debian kernel here; its column is the stored table")
        return {}, {}
    text = boot("debian", kernel, append=boots.LINUX_ARGS)
    return table(text), wall_ns("debian", kernel, boots.LINUX_ARGS)


def everything():
    first, again = boot("warren"), boot("again")
    same = operations(first) == operations(again)
    debian, debian_wall = linux_now()
    found = report.rows({**table(first), **machine_rows()},
                        {**stored("debian-off.tab"), **debian},
                        stored("linux-tiny.tab"))
    for row in found:
        row["exact"] = row["op"] in operations(first)
    wall = {"warren": wall_ns("warren", WARREN), "debian": debian_wall}
    report.add_wall(found, wall)
    report.write(found, BENCH)
    print((BENCH / "table.txt").read_text(), end="")
    print(f"bench: two runs of Warren {'agree' if same else 'DIFFER'}; "
          f"table.txt, bench.json and bench.svg are in {BENCH}")
    return not same


# ---- profile ----------------------------------------------------------------

def operation_named(words):
    """getpid, or by parts: setns_uts is setns_self_uts."""
    known = list(stored(KEPT))
    parts = [re.escape(p) for p in words.split("_")]
    if words in known:
        return words
    for op in known:
        if re.fullmatch(".*_?".join(parts), op):
            return op
    sys.exit(f"profile: no operation {words}; there are:\n  " +
             "\n  ".join(known))


def symbols():
    """[(address, name)], sorted; parts of a function count as it."""
    out = subprocess.run(["nm", "-n", WARREN], stdout=subprocess.PIPE,
                         text=True, check=True).stdout
    return [(int(a, 16), name.split(".")[0]) for a, kind, name in
            (line.split() for line in out.splitlines()) if kind in "tT"]


def by_function(counts):
    """{name: instructions} of {address: instructions}."""
    names, found, i = symbols(), {}, 0
    for addr in sorted(counts):
        if addr < 1 << 63:
            name = "(user)"
        else:
            while i + 1 < len(names) and names[i + 1][0] <= addr:
                i += 1
            name = names[i][1]
        found[name] = found.get(name, 0) + counts[addr]
    return found


def profile(words):
    out = BENCH / "counts.txt"
    plugin = f"{BENCH / 'count.so'},out={out}"
    if words == "boot":
        op = "reset to main()"
        boot("profile", words="boot", extra=["-plugin", plugin + ",boot=on"])
    else:
        op = operation_named(words)
        boot("profile", words=f"only={op}", extra=["-plugin", plugin])
    head, *lines = out.read_text().splitlines()
    n = int(head.split()[1])
    counts = {int(a, 16): int(c) for a, c in map(str.split, lines)}
    total = sum(counts.values()) / n
    print(f"{op}: {total:,.1f} guest instructions, mean of {n}")
    for name, c in sorted(by_function(counts).items(), key=lambda x: -x[1]):
        if c / n >= 0.5:
            print(f"{c / n:12,.1f} {c / n / total:6.1%}  {name}")
    return 0


def main():
    jobs = {"all": everything, "check": check, "keep": keep, "smp": smp}
    what = sys.argv[1] if len(sys.argv) > 1 else "all"
    try:
        if what == "profile" and len(sys.argv) == 3:
            return profile(sys.argv[2])
        if what in jobs:
            return jobs[what]()
    except boots.Failed as error:
        print(f"FAIL bench: {error}")
        return 1
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
