# SPDX-License-Identifier: MIT
"""Bad input ends with a message and an exit code of its own, never with a hang;
and each way in which a machine can end is told apart."""
import gzip
import pathlib
import random
import re
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import machine  # noqa: E402

SEED = 20261124


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """A few programs for PID 1, by name."""
    folder = tmp_path_factory.mktemp("apps")
    sources = {
        "seven": "int main(void) { return 7; }",
        "loop": "int main(void) { for (;;) ; }",
        "crash": "int main(void) { *(volatile int *)8 = 1; return 0; }",
    }
    paths = {}
    for name, text in sources.items():
        (folder / f"{name}.c").write_text(text)
        paths[name] = build(folder / f"{name}.c", folder / name)
    for name in ("fuzz", "exhaust", "faults"):
        paths[name] = build(f"tests/input/{name}.c", folder / name)
    return paths


def build(source, out):
    subprocess.run(["musl-gcc", "-O1", "-static", "-s", "-Wall", "-I.",
                    "-isystem", str(machine.OUT / "uapi"), "-o",
                    out, source], check=True)
    return out


def image(program, data=None):
    """An initramfs with @program, or @data in its place, as /init."""
    path = machine.app_initramfs(program)
    if data is not None:
        (path.parent / "root/init").write_bytes(data)
        subprocess.run(["tools/mkcpio", path.parent / "root", path],
                       check=True)
    return path


def test_app_status(programs):
    status, text = machine.boot(initrd=image(programs["seven"]), append="app",
                                app=True)
    assert status == 7, text


def test_app_signal(programs):
    status, text = machine.boot(initrd=image(programs["crash"]), append="app",
                                app=True)
    assert status == 63, text  # 128 + 11 does not fit


def test_panic_is_told(programs):
    status, text = machine.boot(initrd=image(programs["seven"]))
    assert status == machine.PANIC
    assert "expected to run for ever" in text
    assert re.search(r"^backtrace:$.*^  \w+ do_exit\+0x.*"
                     r"^last system calls, newest first:$", text,
                     re.M | re.S), text


def test_hang_is_told(programs):
    status, _ = machine.boot(initrd=image(programs["loop"]), limit=10)
    assert status == machine.HANG


def test_no_boot_is_told(tmp_path):
    broken = tmp_path / "broken.elf"
    broken.write_bytes(machine.KERNEL.read_bytes()[:5000])
    status, _ = machine.boot(kernel=broken, limit=20)
    assert status in (machine.NO_BOOT, machine.WRONG)


def test_no_initramfs():
    status, text = machine.boot(initrd=None)
    assert status == machine.NO_INIT and "there is none" in text


@pytest.mark.parametrize("kind", ["cut", "cut-in-header", "noise", "scrambled"])
def test_bad_cpio(kind, tmp_path):
    data = bytearray(machine.INITRAMFS.read_bytes())
    rng = random.Random(SEED)
    if kind == "cut":
        data = data[:len(data) // 2]
    elif kind == "cut-in-header":
        data = data[:50]
    elif kind == "noise":
        data = bytearray(rng.randbytes(100000))
    else:
        for _ in range(2000):
            data[rng.randrange(len(data))] = rng.randrange(256)
    path = tmp_path / "bad.cpio"
    path.write_bytes(data)
    status, text = machine.boot(initrd=path, append="tour", limit=120)
    assert status not in (machine.HANG, machine.PANIC, machine.RESET), text
    if kind != "scrambled":
        assert status == machine.NO_INIT and "initramfs:" in text


def test_gzip_initramfs(programs, tmp_path):
    path = tmp_path / "a.cpio.gz"
    path.write_bytes(gzip.compress(image(programs["seven"]).read_bytes()))
    status, text = machine.boot(initrd=path, append="app", app=True)
    assert status == 7, text


def test_cut_gzip(programs, tmp_path):
    path = tmp_path / "a.cpio.gz"
    path.write_bytes(
        gzip.compress(image(programs["seven"]).read_bytes())[:200])
    status, text = machine.boot(initrd=path)
    assert status == machine.NO_INIT and "initramfs:" in text


@pytest.mark.parametrize("size", [0, 1, 52, 63, 64, 100, 120, 4095, 8192])
def test_cut_elf(programs, size):
    data = programs["seven"].read_bytes()[:size]
    status, text = machine.boot(initrd=image(programs["seven"], data),
                                append="app", app=True)
    assert status in (machine.NO_INIT, 7, 63), text


@pytest.mark.parametrize("round_", range(12))
def test_scrambled_elf(programs, round_):
    rng = random.Random(SEED + round_)
    data = bytearray(programs["seven"].read_bytes())
    for _ in range(rng.randrange(1, 12)):
        data[rng.randrange(400)] = rng.choice([0, 1, 127, 128, 255,
                                               rng.randrange(256)])
    status, text = machine.boot(initrd=image(programs["seven"], bytes(data)),
                                append="app", app=True, limit=60)
    assert status not in (machine.PANIC, machine.RESET, machine.NO_BOOT), text


@pytest.mark.parametrize("line", [
    "x" * 3000, "init=", "init=/nowhere", "kunit=nothing fail=x", "= == =a",
    "init=" + "a/" * 400, "fail=18446744073709551616 quiet app"],
    ids=lambda line: line[:24])
def test_command_lines(programs, line):
    status, text = machine.boot(initrd=image(programs["seven"]), append=line)
    assert status not in (machine.HANG, machine.RESET, machine.NO_BOOT), text


def test_16_mib():
    status, text = machine.boot(append="tour", mem=16)
    assert status == machine.PASS, text


@pytest.mark.parametrize("smp", [1, 4])
def test_random_calls(programs, smp):
    status, text = machine.boot(initrd=image(programs["fuzz"]), append="app",
                                app=True, smp=smp)
    assert status == 0 and "100000 calls made" in text, text


@pytest.mark.parametrize("smp", [1, 4])
def test_exhaustion(programs, smp):
    """17 ways to use up a machine of 32 MiB: errors, and nothing is lost."""
    status, text = machine.boot(initrd=image(programs["exhaust"]),
                                append="app quiet", app=True, smp=smp, mem=32)
    assert status == 0 and "\nok 17 - " in text, text


@pytest.mark.parametrize("smp", [1, 2, 4])
def test_faults(programs, smp):
    """Every allocation of calls that make and enter things fails in turn."""
    status, text = machine.boot(initrd=image(programs["faults"]),
                                append="app quiet", app=True, smp=smp,
                                limit=1800)
    met = re.search(r"^(\d+) faults injected in \d+ sweeps, 0 bad$", text,
                    re.M)
    assert status == 0 and met and int(met[1]) >= 1000, text
    print(met[0])
