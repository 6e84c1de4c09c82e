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
    """ns PID: the namespaces of a task, named as in /proc/PID/ns"""
    task = find(arg)
    proxy, pid = task["nsproxy"], task["pid"]
    if proxy:
        for field in gdb.lookup_type("enum ns_slot").fields():
            if 0 <= field.enumval < proxy["ns"].type.range()[1] + 1:
                name = field.name.removeprefix("NS_").lower()
                print(f"{name:13} {ns_text(proxy['ns'][field.enumval])}")
    print(f"{'pid':13} {ns_text(pid['numbers'][pid['level']]['ns']['ns'])}")
    print(f"{'user':13} {ns_text(task['cred']['user_ns']['ns'])}")


def place(mount):
    """Where a mount is, from the root of its namespace."""
    names = []
    while mount["parent"] != mount:
        dentry, mount = mount["mountpoint"], mount["parent"]
        while dentry != mount["root"]:
            names.append(dentry["name"]["name"].string())
            dentry = dentry["parent"]
    return "/" + "/".join(reversed(names))


def mounts(arg):
    """mounts PID: id, parent, type, place of the mounts that a task sees"""
    ns = find(arg)["nsproxy"]["ns"][0]
    mnt_ns = gdb.lookup_type("struct mnt_ns")
    head = ns.cast(mnt_ns.pointer())["list"]
    for m in entries(head, "struct mount", "link"):
        print(f"{int(m['id']):4} {int(m['parent']['id']):4} "
              f"{m['sb']['type']['name'].string():10} {place(m)}")


def named_frames():
    """How many there are up to the kernel's entry."""
    frame, count = gdb.newest_frame(), 0
    while frame and frame.name():
        frame, count = frame.older(), count + 1
    return count


# What switch_stacks() of arch/x86_64/switch.asm left on a stack, upwards.
SWITCHED = ("r15", "r14", "r13", "r12", "rbx", "rbp", "rip")


def lbt(arg):
    """lbt PID: where in the kernel a sleeping task is"""
    task = find(arg)
    if int(task["se"]["on_cpu"]):
        raise gdb.GdbError("it runs: see bt")
    sp = task["arch"]["ksp"]
    words = gdb.Value(int(sp)).cast(
        gdb.lookup_type("unsigned long").pointer())
    then = dict(zip(SWITCHED, (int(words[i]) for i in range(len(SWITCHED)))))
    then["rsp"] = int(sp) + 8 * len(SWITCHED)
    # gdb knows the frames of a CPU only: lend it the task's registers
    gdb.execute("select-frame 0")
    now = {name: int(gdb.parse_and_eval(f"(unsigned long)${name}"))
           for name in then}
    try:
        for name, value in then.items():
            gdb.execute(f"set ${name} = {value:#x}")
        gdb.execute(f"backtrace {named_frames()}")
    finally:
        for name, value in now.items():
            gdb.execute(f"set ${name} = {value:#x}")


Command("ps", ps)
Command("lsns", lsns)
Command("ns", ns_of)
Command("mounts", mounts)
Command("lbt", lbt)
