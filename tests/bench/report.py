# SPDX-License-Identifier: MIT
"""What `make bench` found, as a table, as JSON and as a plot."""
import json
import math
import pathlib
import statistics

COLUMNS = ("warren", "debian", "tiny", "target", "floor")


def targets():
    found = {}
    for line in (pathlib.Path(__file__).parent / "targets.tab").open():
        word = line.split()
        if word and word[0] != "#":
            found[word[0]] = (int(word[1]),
                              None if word[2] == "-" else int(word[2]))
    return found


def rows(warren, debian, tiny):
    """[{op, warren, debian, tiny, target, floor}] in the order of Warren's."""
    goal = targets()
    return [{"op": op, "warren": n, "debian": debian.get(op),
             "tiny": tiny.get(op), "target": goal.get(op, (None,))[0],
             "floor": goal.get(op, (None, None))[1]}
            for op, n in warren.items() if not op.startswith("tsc_")]


def stored_wall():
    """{kernel: {op: ns}}, measured where the other stored tables were."""
    lines = (pathlib.Path(__file__).parent / "baseline/wall-ns.tab").open()
    _, *kernels = next(lines).split()
    found = {kernel: {} for kernel in kernels}
    for op, *numbers in (line.split() for line in lines):
        for kernel, ns in zip(kernels, numbers):
            if ns != "-":
                found[kernel][op] = int(ns)
    return found


def add_wall(found, wall):
    """Each row's wall time in ns, as @wall {kernel: {op: ns}} has it. Linux-tiny's
    is the stored one, corrected by how Debian's has changed since."""
    old = stored_wall()
    debian = wall.get("debian") or old["debian"]
    speed = statistics.median(debian[op] / old["debian"][op]
                              for op in debian if old["debian"].get(op))
    for row in found:
        op = row["op"]
        tiny = old["tiny"].get(op)
        row["wall_ns"] = {"warren": wall["warren"].get(op),
                          "debian": debian.get(op),
                          "tiny": tiny and round(tiny * speed)}


def wall_ratio(row, kernel):
    ns = row.get("wall_ns", {})
    if not row.get("exact") or not ns.get("warren") or not ns.get(kernel):
        return None
    return ns["warren"] / ns[kernel]


def cell(value, width=8):
    return ("-" if value is None else f"{value:.2f}").rjust(width)


def number(value):
    return "-" if value is None else f"{value:,}"


def ratio(row, column):
    if not row[column] or row["warren"] is None:
        return None
    return row["warren"] / row[column]


def text_line(row):
    cells = [number(row[c]).rjust(13) for c in COLUMNS]
    for column in ("debian", "tiny", "target"):
        cells.append(cell(ratio(row, column)))
    ns = row["wall_ns"]["warren"] if row.get("exact") else None
    cells += [number(ns).rjust(11), cell(wall_ratio(row, "debian")),
              cell(wall_ratio(row, "tiny"))]
    late = row["target"] and row["warren"] > row["target"]
    return row["op"].ljust(38) + "".join(cells) + ("  above" if late else "")


def mean(ratios):
    """The geometric mean of those that are there."""
    logs = [math.log(r) for r in ratios if r]
    return math.exp(sum(logs) / len(logs)) if logs else None


def summary(found):
    lines = []
    for column in ("debian", "tiny"):
        insn = mean(ratio(r, column) for r in found if r.get("exact"))
        wall = mean(wall_ratio(r, column) for r in found)
        if insn and wall:
            lines.append(f"geometric mean of warren / {column}: {insn:.3f}, "
                         f"of wall time {wall:.2f}")
    with_goal = [r for r in found if r["target"]]
    met = sum(r["warren"] <= r["target"] for r in with_goal)
    lines.append(f"targets: {met} of {len(with_goal)} met")
    dearer = [r["op"] for r in found
              if r.get("exact") and r["tiny"] and r["warren"] > r["tiny"]]
    lines.append(f"above tiny: {len(dearer)} {' '.join(dearer)}".rstrip())
    return lines


def text(found):
    head = "operation".ljust(38) + "".join(c.rjust(13) for c in COLUMNS) + \
        "".join(("/" + c).rjust(8) for c in ("debian", "tiny", "target")) + \
        "wall ns".rjust(11) + "/debian".rjust(8) + "/tiny".rjust(8)
    return "\n".join([head] + [text_line(r) for r in found] + [""] +
                     summary(found)) + "\n"


# ---- the plot ---------------------------------------------------------------

BAR, LEFT, WIDE = 14, 250, 560
COLOURS = {"debian": "#c0c0c0", "tiny": "#7d9bc1", "warren": "#b03a2e"}


def bar(x, y, width, colour):
    return f'<rect x="{x}" y="{y:.0f}" width="{max(width, 1):.0f}" ' \
        f'height="3.6" fill="{colour}"/>'


def label(x, y, words):
    return f'<text x="{x}" y="{y:.0f}">{words}</text>'


def svg(found):
    """Bars on a logarithmic scale: 10 instructions to 10 millions."""
    shown = [r for r in found if r.get("exact") and (r["debian"] or r["tiny"])]
    high = 40 + BAR * len(shown)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDE}" '
             f'height="{high}" font-family="sans-serif" font-size="9">',
             label(5, 14, "guest instructions for one operation (log scale): "
                   "Warren red, Linux-tiny blue, Debian grey")]
    for power in range(1, 8):
        x = LEFT + (power - 1) * WIDE / 7
        parts += [f'<line x1="{x:.0f}" y1="22" x2="{x:.0f}" y2="{high}" '
                  'stroke="#eee"/>', label(f"{x:.0f}", 30, f"1e{power}")]
    for i, row in enumerate(shown):
        y = 36 + i * BAR
        parts.append(label(5, y + 8, row["op"]))
        for k, (column, colour) in enumerate(COLOURS.items()):
            if row[column]:
                width = (math.log10(max(row[column], 10)) - 1) * WIDE / 7
                parts.append(bar(LEFT, y + 4 * k, width, colour))
    return "\n".join(parts + ["</svg>"]) + "\n"


def write(found, folder):
    (folder / "table.txt").write_text(text(found))
    (folder / "bench.json").write_text(
        json.dumps({"unit": "guest instructions", "rows": found},
                   indent=1) + "\n")
    (folder / "bench.svg").write_text(svg(found))
