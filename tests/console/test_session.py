# SPDX-License-Identifier: MIT
"""The session of the README, typed; with 1 and 4 CPUs, by -kernel and from the
ISO under BIOS and UEFI. Debian's busybox is the shell."""
import re
import time

import pytest
from session import Session, machine

BOOTS = {
    "kernel-smp1": {"append": "quiet", "smp": 1, "mem": 64},
    "kernel-smp4": {"append": "quiet", "smp": 4, "mem": 64},
    "iso-bios": {"iso": machine.ISO, "smp": 1, "mem": 64},
    "iso-uefi": {"iso": machine.ISO, "smp": 1, "mem": 64, "uefi": True},
}


@pytest.fixture(scope="module", params=BOOTS, ids=list(BOOTS))
def shell(request):
    session = Session(**BOOTS[request.param])
    yield session
    assert session.close() == machine.PASS


def test_links(shell):
    assert shell.run("readlink /proc/self/ns/uts") == "uts:[4026531838]"
    text = shell.run("ls -l /proc/self/ns /proc/1/ns")
    for name in ("mnt", "pid", "pid_for_children", "uts"):
        assert len(re.findall(rf" {name} -> \w+:\[\d+\]", text)) == 2


def test_unshare_uts(shell):
    before = shell.run("hostname")
    assert shell.run("unshare -u sh -c 'hostname burrow; hostname'; hostname"
                     ) == f"burrow\n{before}"


def test_bind_mount_pins(shell):
    shell.run("unshare -u sleep 1000 &")
    time.sleep(0.5)
    shell.run("touch /run/u; mount --bind /proc/$!/ns/uts /run/u; kill $!")
    assert "warren" in shell.run("nsenter --uts=/run/u hostname")
    assert shell.run("umount /run/u; wait 2>/dev/null; cat /run/u; echo $?"
                     ).endswith("0")


def test_pid_namespace(shell):
    text = shell.run("unshare -p -f -m sh -c "
                     "'mount -t proc proc /proc; ps; echo $$'")
    assert re.search(r"^ +1 root +sh", text, re.M)
    assert text.endswith("\n1")


def test_mount_namespace(shell):
    assert shell.run("unshare -m sh -c 'mount -t tmpfs t /mnt; touch /mnt/x; "
                     "ls /mnt'; ls /mnt") == "x"


def test_descriptors_and_tables(shell):
    text = shell.run("exec 3</proc/self/ns/uts; ls -l /proc/self/fd/3")
    assert text.endswith("/proc/self/fd/3 -> uts:[4026531838]")
    assert re.search(r"^\d+ \d+ 0:\d+ / /proc rw\S* - proc proc rw",
                     shell.run("cat /proc/self/mountinfo"), re.M)
    assert "nodev\tproc" in shell.run("cat /proc/filesystems")
    assert "Name:\tsh" in shell.run("cat /proc/$$/status")
    assert re.search(r"^ +1 root +/init", shell.run("ps"), re.M)


def test_config(shell):
    assert shell.run("ls -l /proc/config.gz").startswith("-r--r--r--")
    assert shell.run("zcat /proc/config.gz | grep -E 'UTS_NS|MODULES'"
                     ) == "# CONFIG_MODULES is not set\nCONFIG_UTS_NS=y"
    # Mount namespaces have no name here, cgroup's are CONFIG_CGROUPS.
    assert shell.run("zcat /proc/config.gz | grep -c '_NS=y'") == "6"
    assert shell.run("zcat /proc/config.gz | "
                     "grep -cvE '^(CONFIG_[A-Z0-9_]+=y|#.*|)$'") == "0"


def test_job_control(shell):
    shell.type("sleep 1000")
    time.sleep(0.5)
    shell.key("\x03")
    assert "^C" in shell.output()
    shell.type("sleep 1000")
    time.sleep(0.5)
    shell.key("\x1a")
    assert "Stopped" in shell.output()
    assert re.search(r"Stopped +sleep 1000", shell.run("jobs"))
    shell.type("fg")
    time.sleep(0.5)
    shell.key("\x03")
    shell.output()
    assert shell.run("jobs") == ""
    assert shell.run("sleep 0.1 & wait; echo over").startswith("over")


def test_pipes_and_words(shell):
    assert shell.run("seq 1 5 | awk '{s+=$1} END {print s}'") == "15"
    assert shell.run("echo b > /tmp/b; echo a > /tmp/a; cat /tmp/[ab]"
                     ) == "a\nb"
    shell.type("cat <<X | tr a-z A-Z")
    shell.type("hello")
    shell.child.send("X\r")
    assert "HELLO" in shell.output()


def test_why(shell):
    """The command has ended, and was a job of its own: its reason is there."""
    shell.run("nsenter --uts=/proc/self/ns/mnt true")
    assert re.search(r"^nsenter \(pid \d+\): setns: fd is a mnt namespace, "
                     r"asked for .*: error 22$", shell.run("ns why"), re.M)
