# SPDX-License-Identifier: MIT
"""One boot of Warren under QEMU, for tests/run and the console tests."""
import os
import pathlib
import subprocess
import tempfile

OUT = pathlib.Path(os.environ.get("O", "build"))
KERNEL = OUT / "warren.elf"
DEBUG_KERNEL = pathlib.Path(str(OUT).removesuffix("-debug") +
                            "-debug") / "warren.elf"
ISO = OUT / "warren.iso"
INITRAMFS = OUT / "initramfs.cpio"
TEST_INITRAMFS = OUT / "test-initramfs.cpio"
LINUX = OUT / "linux/vmlinuz"  # brought by tools/setup --twin
LINUX_APPEND = "console=ttyS0 quiet loglevel=1 panic=-1 test"

# What tools/qemu exits with; see its STATUS.
PASS, FAIL, PANIC, NO_INIT, HANG, NO_BOOT, RESET, WRONG = \
    0, 1, 101, 102, 103, 104, 105, 106

# A limit is there to end a hang, never to judge speed: a loaded machine may
# be ten times slower than this one.
LIMIT = 1500

# The machine's clock counts instructions and jumps over idle time: "sleep 0.3"
# is enough for what a program starts, however busy the host is.
VIRTUAL_TIME = ("-icount", "shift=1,sleep=off")


def qemu_command(kernel=KERNEL, initrd=INITRAMFS, append="", iso=None, smp=1,
                 mem=128, limit=LIMIT, uefi=False, app=False, log=None,
                 banner=None, extra=()):
    cmd = ["tools/qemu", "--smp", str(smp), "--mem", str(mem),
           "--limit", str(limit), "--cpu", "max"]
    if iso:
        cmd += ["--iso", str(iso)]
    else:
        cmd += ["--kernel", str(kernel), "--append", append]
        if initrd:
            cmd += ["--initrd", str(initrd)]
    cmd += ["--uefi"] if uefi else []
    cmd += ["--app"] if app else []
    cmd += ["--log", str(log)] if log else []
    cmd += ["--banner", banner] if banner else []
    return cmd + (["--", *extra] if extra else [])


def boot(**args):
    """Run to the end: (the verdict, a status of tools/qemu; the serial text)."""
    done = subprocess.run(qemu_command(**args), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(errors="replace").replace(
        "\r", "")


def app_initramfs(program):
    """An initramfs that has only @program, as /init: its path."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="warren-app-"))
    root = folder / "root"
    root.mkdir()
    (root / "init").write_bytes(pathlib.Path(program).read_bytes())
    (root / "init").chmod(0o755)
    subprocess.run(["tools/mkcpio", root, folder / "app.cpio"], check=True)
    return folder / "app.cpio"
