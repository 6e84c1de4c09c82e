# SPDX-License-Identifier: MIT
"""What `make bench` found, as a table, as JSON and as a plot."""
import json
import math
import pathlib

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


def number(value):
    return "-" if value is None else f"{value:,}"


def ratio(row, column):
    if not row[column] or row["warren"] is None:
        return None
    return row["warren"] / row[column]


def text_line(row):
    cells = [number(row[c]).rjust(13) for c in COLUMNS]
    for column in ("debian", "tiny", "target"):
        r = ratio(row, column)
        cells.append(("-" if r is None else f"{r:.2f}").rjust(8))
    late = row["target"] and row["warren"] > row["target"]
    return row["op"].ljust(38) + "".join(cells) + ("  above" if late else "")


def mean(found, column):
    """Geometric mean of the ratios, of operations only (not of values)."""
    logs = [math.log(r) for row in found if row.get("exact")
            for r in [ratio(row, column)] if r]
    return math.exp(sum(logs) / len(logs)) if logs else None


def summary(found):
    lines = []
    for column in ("debian", "tiny"):
        m = mean(found, column)
        if m:
            lines.append(f"geometric mean of warren / {column}: {m:.3f}")
    with_goal = [r for r in found if r["target"]]
    met = sum(r["warren"] <= r["target"] for r in with_goal)
    lines.append(f"targets: {met} of {len(with_goal)} met")
    dearer = [r["op"] for r in found
              if r.get("exact") and r["tiny"] and r["warren"] > r["tiny"]]
    lines.append(f"above tiny: {len(dearer)} {' '.join(dearer)}".rstrip())
    return lines


def text(found):
    head = "operation".ljust(38) + "".join(c.rjust(13) for c in COLUMNS) + \
        "".join(("/" + c).rjust(8) for c in ("debian", "tiny", "target"))
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


def write(found, wall, folder):
    (folder / "table.txt").write_text(text(found))
    (folder / "bench.json").write_text(
        json.dumps({"unit": "guest instructions", "rows": found,
                    "wall_ns": wall}, indent=1) + "\n")
    (folder / "bench.svg").write_text(svg(found))
