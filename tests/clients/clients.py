#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Unmodified programs of Debian on Warren, compared with Linux line by line.

    tests/clients/clients.py [--record] [--linux] [--smp N] [SESSION...]

Boots Warren, plays the sessions of this folder, and compares what they said
with linux.transcript, which --record writes anew from a boot of Debian's own
kernel (build/linux, brought by tools/setup --twin). --linux only shows what
Linux says. What differs and is meant stands in the file `differences`. The
comparison itself is that of tests/twin: each command is a case.

    tests/clients/clients.py --applets

writes the list of busybox's applets into README.md: those that the sessions
name ("#: sed awk") and use, and those of the file left-out with its reasons.
"""
import argparse
import pathlib
import re
import subprocess
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "twin")]
sys.dont_write_bytecode = True
import machine  # noqa: E402
import twin  # noqa: E402

README = HERE.parent.parent / "README.md"
KEPT = HERE / "linux.transcript"
DIFFERENCES = HERE / "differences"
IMAGE = machine.OUT / "clients.cpio"
# The rows of these cases: the rungs of the ladder of clients.
ROWS = {"R1": ("client", "busybox"), "R2": ("client", "glibc, util-linux")}
# One date for both machines.
CLOCK = ("-rtc", "base=2026-01-01T00:00:00")

# What no two boots share, and what stands in the transcript for it.
SAME = [(r":\[\d{10}\]", ":[NS]"),
        # ash says these when it happens to look
        (r"(?m)^# (Terminated|Killed)\n", "")]


# ---- boots -------------------------------------------------------------------

def boot(name, sessions=(), append="", **args):
    """(cases, text, status) of one boot, which must have reached its end."""
    only = f" SESSIONS={','.join(sessions)}" if sessions else ""
    log = machine.OUT / f"clients-{name}.log"
    status, text = machine.boot(initrd=IMAGE, mem=512, append=append + only,
                                log=log,
                                extra=CLOCK + machine.VIRTUAL_TIME, **args)
    for pattern, same in SAME:
        text = re.sub(pattern, same, text)
    return twin.cases_of(text), text, status


def boot_linux(sessions=()):
    return boot("linux", sessions, machine.LINUX_APPEND, kernel=machine.LINUX,
                banner="## begin")


def boot_warren(sessions=(), smp=1):
    return boot("warren", sessions, "test quiet", smp=smp)


def record(sessions):
    cases, text, status = boot_linux(sessions)
    if not twin.ended(text):
        sys.exit(f"clients: Linux did not reach its end ({status}):\n"
                 f"{text[-3000:]}")
    version = re.search(r"^## kernel (.*)$", text, re.M)
    kept = {k: v for k, v in twin.read_kept(KEPT).items()
            if sessions and k[0] not in sessions} | cases
    twin.write_kept(kept, KEPT, version[1] if version else "",
                    "tests/clients", "make clients RECORD=1")
    return text


def compare(cases, sessions=()):
    """(what tests/twin found, its entries' errors, what Linux said)."""
    kept, (entries, errors) = twin.read_kept(KEPT), \
        twin.read_differences(DIFFERENCES)
    if sessions:
        kept = {k: v for k, v in kept.items() if k[0] in sessions}
        entries = [e for e in entries if e.key[0] in sessions]
    return twin.compare(kept, cases, entries), errors, kept


# ---- the applets ---------------------------------------------------------------

def applets_there():
    busybox = next(b for b in ("/bin/busybox", "/usr/bin/busybox")
                   if pathlib.Path(b).exists())
    return set(subprocess.run([busybox, "--list"], stdout=subprocess.PIPE,
                              text=True, check=True).stdout.split())


def applets_run():
    """({applet: session}, [errors]): named in a "#:" line, and really used by
    the commands below it."""
    run, errors = {}, []
    for path in sorted(HERE.glob("*.session")):
        for group in re.split(r"(?m)^#: ", path.read_text())[1:]:
            names, commands = group.split("\n", 1)
            words = set(re.findall(r"[\w.\[-]+", commands))
            for name in names.split():
                run[name] = path.stem
                if name not in words:
                    errors.append(f"{path.name}: nothing runs {name}")
    return run, errors


def applets_left_out():
    lines = (HERE / "left-out").read_text().splitlines()
    return {name: reason for reason, _, names in
            (line.partition(": ") for line in lines if line[:1] not in "#")
            for name in names.split()}


def applets():
    """(text for README.md, errors)"""
    there, (run, errors), out = applets_there(), applets_run(), \
        applets_left_out()
    errors += [f"no session runs {a} and left-out does not name it"
               for a in sorted(there - run.keys() - out.keys())]
    errors += [f"{a} is run, and in left-out" for a in sorted(run.keys() & out)]
    run = sorted(there & run.keys())
    lines = [f"{len(run)} of the {len(there)} applets of Debian's busybox are "
             "run and compared with Linux:", *wrap(run), "", "Left out:", ""]
    for reason in sorted(set(out.values())):
        names = sorted(a for a in there & out.keys() if out[a] == reason)
        lines += wrap(names, f"- {reason}: ")
    return "\n".join(lines) + "\n", errors


def wrap(names, first=""):
    return textwrap.wrap(first + " ".join(f"`{n}`" for n in names), 120,
                         subsequent_indent="  " if first else "",
                         break_long_words=False, break_on_hyphens=False)


MARKS = re.compile(r"(<!-- applets -->\n).*(<!-- /applets -->)", re.S)


def applets_current():
    text, errors = applets()
    found = MARKS.search(README.read_text())
    if not found or found[0] != f"{found[1]}{text}{found[2]}":
        errors.append("README.md: the list of applets is not current: "
                      "tests/clients/clients.py --applets")
    return errors


def applets_write():
    text, errors = applets()
    README.write_text(MARKS.sub(lambda m: m[1] + text + m[2],
                                README.read_text()))
    return errors


# ---- for a person ----------------------------------------------------------------

def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--record", action="store_true")
    p.add_argument("--linux", action="store_true")
    p.add_argument("--applets", action="store_true")
    p.add_argument("--smp", type=int, default=1)
    p.add_argument("sessions", nargs="*")
    args = p.parse_args()
    if args.applets:
        return "\n".join(applets_write()) or None
    if args.linux:
        print(boot_linux(args.sessions)[1])
        return None
    if args.record:
        record(args.sessions)
    cases, text, status = boot_warren(args.sessions, args.smp)
    res, errors, kept = compare(cases, args.sessions)
    twin.tell(res, ROWS, kept)
    print(*errors, sep="\n", end="\n" if errors else "")
    if status != machine.PASS or "\n## objects as before" not in text:
        print(text[-1500:])
        return f"clients: status {status}, or objects are left over"
    return not all(ok for _, ok in twin.results(res, ROWS, cases, errors))


if __name__ == "__main__":
    sys.exit(main())
