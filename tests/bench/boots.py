# SPDX-License-Identifier: MIT
"""Boots for the benchmark: QEMU's command line, and tables of what came out.

Counts are exact only with every source of chance taken away: time is the
number of executed instructions (-icount), the clock of the machine starts at a
fixed date, random numbers have a seed, and there is one CPU of a fixed model.
"""
import os
import pathlib
import subprocess

OUT = pathlib.Path(os.environ.get("O", "build"))
BENCH = OUT / "bench"
WARREN = OUT / "warren.elf"
DEBUG = pathlib.Path(f"{OUT}-debug/warren.elf")
INITRAMFS = BENCH / "initramfs.cpio"
BASELINE = pathlib.Path(__file__).parent / "baseline"
DEBIAN = OUT / "linux/vmlinuz"  # brought by tools/setup --twin
LINUX_ARGS = "mitigations=off nokaslr"
LIMIT = 1800  # ends a hang, judges nothing


class Failed(Exception):
    """A boot that did not come to its end; the text is what it printed."""


def command(kernel, words, log, shift=0, wall=False, mem=1024, smp=1,
            extra=(), append="", iso=None):
    cmd = ["qemu-system-x86_64", "-M", "pc", "-cpu", "qemu64",
           "-smp", str(smp), "-m", str(mem), "-display", "none", "-nodefaults",
           "-no-reboot", "-serial", f"file:{log}", "-accel", "tcg",
           "-seed", "1"]
    if iso:
        cmd += ["-cdrom", str(iso)]
    else:
        cmd += ["-kernel", str(kernel), "-initrd", str(INITRAMFS), "-append",
                f"console=ttyS0 quiet panic=-1 {append} -- {words}"]
    if not wall:
        cmd += ["-icount", f"shift={shift},sleep=off", "-rtc",
                "base=2026-01-01,clock=vm"]
    return cmd + list(extra)


def boot(name, kernel=WARREN, words="", **how):
    """The serial text of a boot that ran to its end."""
    BENCH.mkdir(parents=True, exist_ok=True)
    log = BENCH / f"{name}.txt"
    log.unlink(missing_ok=True)
    try:
        subprocess.run(command(kernel, words, log, **how), timeout=LIMIT,
                       stdin=subprocess.DEVNULL, check=False)
    except subprocess.TimeoutExpired:
        pass
    text = log.read_text(errors="replace").replace("\r", "") \
        if log.exists() else ""
    if "NSBENCH DONE" not in text:
        raise Failed(f"{name}: no end; its last lines:\n" +
                     "\n".join(text.splitlines()[-8:]))
    return text


def iso_boot(name, kernel):
    """The same from an ISO, by GRUB: when the first instruction of /init (or of
    a kernel that has no user space) ran, counted from the reset."""
    iso = BENCH / f"{name}.iso"
    subprocess.run(["tools/mkiso", iso, kernel, INITRAMFS, "quiet -- boot"],
                   check=True)
    return table(boot(name, iso=iso))["t_user_start"]


def table(text):
    """{operation or value: number}, in order; medians of operations."""
    numbers = {}
    for line in text.splitlines():
        word = line.split()
        if len(word) == 8 and word[0] == "B":
            numbers[word[2]] = int(word[4])
        elif len(word) == 3 and word[0] == "V":
            numbers[word[1]] = int(word[2])
    return numbers


def stored(name):
    return table((BASELINE / name).read_text())
