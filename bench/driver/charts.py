"""One SVG a scenario, drawn by gnuplot: a group of bars for each row, a bar for each rival."""

import subprocess
from pathlib import Path

from .report import AGAINST
from .samples import Samples

SCRIPT = """
set terminal svg size 960,420 font "sans-serif,12" background "white"
set output "{output}"
set title "{title}" noenhanced
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.9 border -1
set boxwidth 0.9
set yrange [0:*]
set ylabel "as a multiple of {against}"
set grid ytics
set key outside right noenhanced
set xtics rotate by -20 noenhanced
plot {plots}
"""


def draw(samples: Samples, scenario: str, directory: Path) -> str | None:
    """Each row as multiples of haproxy, whose bars are 1. The file's name, or None without figures."""
    rivals = [rival for rival in samples.rivals(scenario) if rival != "direct"]
    rows = [row for row in samples.rows(scenario) if (samples.median(row, AGAINST) or 0) > 0]
    if not rows:
        return None
    directory.mkdir(parents=True, exist_ok=True)
    data = []
    for row in rows:
        label = f"{row.case}, {row.measure}" if len({r.measure for r in rows}) > 1 else row.case
        ratios = [1.0 if rival == AGAINST else samples.ratio(row, rival, AGAINST) for rival in rivals]
        data.append(f'"{label}" ' + " ".join("nan" if ratio is None else f"{ratio:.4f}" for ratio in ratios))
    output = directory / f"{scenario}.svg"
    values = "\n".join(data)
    plots = ", ".join(
        f"$figures using {i + 2}:xtic(1) title \"{rival}\"" for i, rival in enumerate(rivals)
    )
    script = f"$figures << EOD\n{values}\nEOD\n" + SCRIPT.format(
        output=output, title=f"{scenario}: {rows[0].measure}" if len({r.measure for r in rows}) == 1 else scenario,
        against=AGAINST, plots=plots,
    )  # fmt: skip
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
    return output.name
