# SPDX-License-Identifier: MIT
"""`make gdb`: our commands, typed while the shell waits for a line."""
import os
import re
import time

import pexpect
import pytest

from session import HANG, machine

PROMPT = r"\(gdb\) "


class Debugger:
    """gdb with a QEMU behind it, stopped once the shell has its prompt."""

    def __init__(self, log):
        cmd = machine.qemu_command(log=log) + ["--gdb", "tools/gdb/warren.py"]
        self.child = pexpect.spawn(
            cmd[0], cmd[1:], timeout=HANG, echo=False, encoding="utf-8",
            codec_errors="replace", dimensions=(24, 300),
            env={**os.environ, "TERM": "dumb"})
        self.child.expect(PROMPT)
        self.run("set pagination off")
        self.run("set confirm off")
        end = time.monotonic() + HANG
        while not self.shell_waits(log):
            assert time.monotonic() < end, "hang"

    def shell_waits(self, log):
        """Let it run for a moment: has the shell shown its prompt, and sleeps?"""
        self.child.send("continue\r")
        self.child.expect("Continuing")
        time.sleep(0.3)
        self.child.sendintr()
        self.output()
        return b"warren:" in log.read_bytes() and " S sh\n" in self.run("ps")

    def run(self, line):
        self.child.send(line + "\r")
        return self.output()

    def output(self):
        self.child.expect(PROMPT)
        return self.child.before.replace("\r", "")

    def close(self):
        self.child.send("quit\r")
        self.child.expect(pexpect.EOF)
        self.child.close()


@pytest.fixture(scope="module")
def gdb(tmp_path_factory):
    log = tmp_path_factory.mktemp("gdb") / "serial.log"
    log.touch()
    debugger = Debugger(log)
    yield debugger
    debugger.close()


def pid_of(gdb, name):
    return re.search(rf"^ +(\d+) . {name}$", gdb.run("ps"), re.M).group(1)


def test_ps_names_tasks_and_states(gdb):
    assert re.search(r"^ +1 S init$", gdb.run("ps"), re.M)
    assert pid_of(gdb, "sh")


def test_lsns_counts_who_holds_each(gdb):
    lines = gdb.run("lsns").split("\n")
    assert any(re.match(r"uts:\[4026531838\] +task 1 boot 1", x)
               for x in lines)
    assert {x.split(":")[0] for x in lines if "boot 1" in x} == {
        "user", "mnt", "uts", "ipc", "pid", "cgroup", "net", "time"}


def test_ns_is_what_proc_shows(gdb):
    lines = dict(x.split() for x in gdb.run("ns 1").split("\n") if ":[" in x)
    assert lines["uts"] == "uts:[4026531838]"
    assert lines["user"] == "user:[4026531837]"
    assert lines["pid"] == lines["pid_children"] == "pid:[4026531836]"
    assert len(lines) == 10


def test_mounts_have_their_place(gdb):
    lines = [x.split() for x in gdb.run("mounts 1").split("\n") if x.strip()]
    places = {x[3]: x[2] for x in lines}
    assert places["/proc"] == "proc"
    assert places["/dev/pts"] == "devpts"
    ids = [int(x[0]) for x in lines]
    assert all(int(x[1]) in ids for x in lines)


def test_lbt_shows_where_the_shell_sleeps(gdb):
    text = gdb.run("lbt " + pid_of(gdb, "sh"))
    frames = re.findall(r"^#\d+ +(?:0x\w+ in )?(\w+) ", text, re.M)
    assert frames[0] == "schedule"
    assert frames[-1] == "syscall_entry"
    assert "sys_poll" in frames or "sys_read" in frames


def test_registers_are_given_back(gdb):
    before = gdb.run("info registers")
    gdb.run("lbt 1")
    assert gdb.run("info registers") == before


def test_absent_task_is_named(gdb):
    assert "no task 999" in gdb.run("lbt 999")
