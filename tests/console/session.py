# SPDX-License-Identifier: MIT
"""A shell on Warren's serial line, driven as a person would."""
import pathlib
import re
import sys

import pexpect

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import machine  # noqa: E402

PROMPT = r"warren:[^\n]*# (?:\x1b\[6n)?"
# What ends a wait is a hang, not a slow machine.
HANG = 300


class Session:
    """One boot; run() types a line and returns what it printed."""

    def __init__(self, **args):
        cmd = machine.qemu_command(limit=3600, **args)
        self.child = pexpect.spawn(
            cmd[0], cmd[1:] + ["--console"], timeout=HANG, echo=False,
            encoding="utf-8", codec_errors="replace", dimensions=(24, 500))
        self.child.expect(PROMPT)
        self.run("stty cols 1000")  # no line of ours is wrapped

    def run(self, line):
        self.type(line)
        return self.output()

    def type(self, line):
        """A line, after which no prompt is waited for."""
        self.child.send(line + "\r")
        self.child.expect_exact("\n")

    def key(self, char):
        self.child.send(char)

    def expect(self, pattern):
        self.child.expect(pattern)

    def output(self):
        self.child.expect(PROMPT)
        text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", self.child.before)
        return text.replace("\r", "").strip()

    def close(self):
        """Power off; the verdict of tools/qemu."""
        self.child.send("poweroff\r")
        self.child.expect(pexpect.EOF)
        self.child.close()
        return self.child.exitstatus
