# SPDX-License-Identifier: Apache-2.0
# Draws a chart of `caligo plot`: JSON on standard input, PNG or PDF on standard output. Ends with 3 without matplotlib.
import io
import json
import sys

try:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import LogLocator, NullFormatter
except ImportError as missing:
    print(f"has no matplotlib ({missing}): install it, or name another Python in CALIGO_PYTHON, or write .svg",
          file=sys.stderr)
    sys.exit(3)

MARKERS = {"circle": "o", "square": "s", "triangle": "^", "diamond": "D", "wedge": "v", "cross": "x"}
SIZES = {"square": 3.8, "diamond": 3.8}
GREY = "#444444"


def escaped(text):
    """Text from outside is no formula."""
    return text.replace("$", r"\$")


def draw_curve(axes, curve, intervals):
    points = [p for p in curve["points"] if p["y"] > 0]
    colour = curve["colour"]
    x, y = [p["x"] for p in points], [p["y"] for p in points]
    face = "white" if curve["hollow"] else colour
    axes.plot(x, y, color=colour, marker=MARKERS[curve["marker"]], markersize=SIZES.get(curve["marker"], 4.2), linewidth=1.1,
              markerfacecolor=face, markeredgecolor=colour, markeredgewidth=0.8, label=escaped(curve["label"]))
    if intervals == "bars":
        low, high = [p["y"] - p["low"] for p in points], [p["high"] - p["y"] for p in points]
        axes.errorbar(x, y, yerr=[low, high], fmt="none", ecolor=colour, elinewidth=0.7, capsize=1.8, capthick=0.7)
    elif intervals == "bands":
        axes.fill_between(x, [p["low"] for p in points], [p["high"] for p in points], color=colour, alpha=0.2, linewidth=0)
    limited = [p for p in curve["points"] if p["y"] == 0 and "high" in p]
    for p in limited:
        axes.annotate("", xy=(p["x"], p["high"]), xytext=(0, -10), textcoords="offset points",
                      arrowprops={"arrowstyle": "<|-", "color": colour, "linewidth": 0.8, "mutation_scale": 5, "shrinkA": 0,
                                  "shrinkB": 0})
        axes.plot([p["x"]], [p["high"]], color=colour, marker="_", markersize=5.2, markeredgewidth=1.1)
    return bool(limited)


def draw_limit(axes, limit):
    pattern = [float(length) for length in limit["dash"].split()]
    axes.plot([p[0] for p in limit["points"]], [p[1] for p in limit["points"]], color=GREY, linewidth=1, zorder=1.5,
              linestyle=(0, pattern), label=escaped(limit["label"]))


def set_axes(axes, figure):
    x, y = figure["x"], figure["y"]
    axes.set_xlim(x["low"], x["high"])
    axes.set_xlabel(x["mathtext"])
    axes.set_ylabel(y["mathtext"])
    if y["logarithmic"]:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(numticks=12))
        axes.yaxis.set_minor_locator(LogLocator(subs=range(2, 10), numticks=12))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        axes.minorticks_on()
    axes.set_ylim(y["low"], y["high"])
    axes.xaxis.get_major_locator().set_params(nbins=7)
    axes.tick_params(which="both", direction="in", top=True, right=True, width=0.6)
    axes.grid(True, which="major", color="#e3e3e3", linewidth=0.5)
    axes.set_axisbelow(True)
    if figure["title"]:
        axes.set_title(escaped(figure["title"]), fontsize=8.5, fontweight="bold")


def main():
    figure = json.load(sys.stdin)
    # Fonts as outlines that stay text: 42 is TrueType, which publishers ask for.
    plt.rcParams.update({"font.family": "sans-serif", "font.size": 7, "axes.labelsize": 8, "axes.linewidth": 0.7,
                         "pdf.fonttype": 42, "mathtext.fontset": "dejavusans",
                         "font.sans-serif": ["Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"]})
    width = figure["width_mm"] / 25.4
    entries = len(figure["curves"]) + len(figure["limits"])
    columns = max(1, min(entries, round(figure["width_mm"] / 44)))
    # The legend lies below, where it covers nothing, and makes the figure higher.
    height = (figure["height_mm"] / 25.4 or 0.75 * width) + (1.5 + -(-entries // columns)) * 0.13
    canvas, axes = plt.subplots(figsize=(width, height), layout="constrained")
    limited = [draw_curve(axes, curve, figure["intervals"] if figure["interval_ratio"] else "none") for curve in figure["curves"]]
    for limit in figure["limits"]:
        draw_limit(axes, limit)
    if any(limited):
        axes.plot([], [], color=GREY, linestyle="none", marker=r"$\downarrow$", markersize=5, label="upper limit (no errors)")
    set_axes(axes, figure)
    handles, labels = axes.get_legend_handles_labels()
    legend = canvas.legend(handles, labels, title=escaped(figure["legend_title"]) or None, loc="outside lower center",
                           ncols=columns, fontsize=7, frameon=False, handlelength=2.2, borderpad=0.2, labelspacing=0.3)
    legend.get_title().set_fontsize(7)
    # No dates: the same chart gives the same bytes.
    output = io.BytesIO()
    if figure["format"] == "pdf":
        canvas.savefig(output, format="pdf", metadata={"CreationDate": None, "Creator": "caligo plot"})
    else:
        canvas.savefig(output, format="png", dpi=300)
    sys.stdout.buffer.write(output.getvalue())


main()
