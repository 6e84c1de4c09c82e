# SPDX-License-Identifier: MIT
"""gdb commands for Warren; `make gdb` loads them.

    ps             every task: pid, state, name
    lsns           every namespace: type, inum, references by kind
    ns PID         the namespaces of a task
    mounts PID     the mounts of a task's mount namespace
    lbt PID        the kernel backtrace of a task that does not run
"""
import gdb

STATES = {0: "R", 1: "S", 2: "D", 4: "D", 8: "T", 16: "Z", 32: "X"}


def entries(head, struct, member):
    """The elements of a struct list."""
    kind = gdb.lookup_type(struct)
    offset = next(f.bitpos // 8 for f in kind.fields() if f.name == member)
    node = head["next"]
    while node and node != head.address:
        base = node.cast(gdb.lookup_type("char").pointer()) - offset
        yield base.cast(kind.pointer())
        node = node["next"]


def tasks():
    head = gdb.parse_and_eval("task_list")
    if head["next"]:  # before that the kernel has not begun
        yield from entries(head, "struct task", "all_link")


def number(task):
    return int(task["pid"]["numbers"][0]["nr"])


def find(arg):
    for task in tasks():
        if number(task) == int(arg):
            return task
    raise gdb.GdbError(f"no task {arg}")


def ns_text(ns):
    return f"{ns['ops']['name'].string()}:[{int(ns['inum'])}]"


def pins(ns):
    names = gdb.parse_and_eval("ns_pin_names")
    first, last = names.type.range()
    return " ".join(f"{names[i].string()} {int(ns['pins'][i])}"
                    for i in range(first, last + 1) if int(ns["pins"][i]))


class Command(gdb.Command):
    def __init__(self, name, run):
        self.__doc__ = run.__doc__
        self.run = run
        super().__init__(name, gdb.COMMAND_USER)

    def invoke(self, arg, from_tty):
        self.run(arg.strip())


def ps(_):
    """ps: every task"""
    for t in tasks():
        print(f"{number(t):6} {STATES.get(int(t['state']), '?')} "
              f"{t['comm'].string()}")


def lsns(_):
    """lsns: every namespace, with its references by kind"""
    for ns in entries(gdb.parse_and_eval("ns_list"), "struct ns", "link"):
        print(f"{ns_text(ns):24} {pins(ns)}")


def ns_of(arg):
    """ns PID: the namespaces of a task"""
    proxy = find(arg)["nsproxy"]
    if not proxy:
        raise gdb.GdbError("it has given them up")
    first, last = proxy["ns"].type.range()
    for i in range(first, last + 1):
        print(ns_text(proxy["ns"][i]))


def name_of(dentry):
    names = []
    while dentry["parent"] != dentry:
        names.append(dentry["name"]["name"].string())
        dentry = dentry["parent"]
    return "/" + "/".join(reversed(names))


def mounts(arg):
    """mounts PID: the mounts of a task's mount namespace, in order"""
    ns = find(arg)["nsproxy"]["ns"][0]
    mnt_ns = gdb.lookup_type("struct mnt_ns")
    head = ns.cast(mnt_ns.pointer())["list"]
    for m in entries(head, "struct mount", "ns_link"):
        print(f"{int(m['id']):4} {int(m['parent']['id']):4} "
              f"{m['sb']['type']['name'].string():10} "
              f"{name_of(m['mountpoint']) if m['mountpoint'] else '/'}")


def lbt(arg):
    """lbt PID: where in the kernel a sleeping task is"""
    u64 = gdb.lookup_type("unsigned long").pointer()
    u8 = gdb.lookup_type("unsigned char").pointer()
    arch = find(arg)["arch"]
    sp = gdb.Value(int(arch["ksp"])).cast(u64)
    # switch_stacks() left r15 r14 r13 r12 rbx rbp and the return address; above
    # it are those of its callers, behind the bytes of a call, and old ones
    for i in range(6, (int(arch["kstack"]) + 8192 - int(sp)) // 8):
        pc = int(sp[i])
        symbol = gdb.execute(f"info symbol {pc:#x}", to_string=True)
        if i == 6 or ("section .text" in symbol and
                      int(gdb.Value(pc - 5).cast(u8)[0]) == 0xe8):
            print(f"{pc:#x} {symbol}", end="")


Command("ps", ps)
Command("lsns", lsns)
Command("ns", ns_of)
Command("mounts", mounts)
Command("lbt", lbt)
