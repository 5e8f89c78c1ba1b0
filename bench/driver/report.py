"""The report: a page of Markdown."""

from .rivals import Rival
from .samples import Row, Samples
from .targets import verdicts

AGAINST = "haproxy"  # every ratio of the tables is to it


def number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def cell(samples: Samples, row: Row, rival: str) -> str:
    middle = samples.median(row, rival)
    if middle is None:
        return ""
    low, high = samples.spread(row, rival)
    text = number(middle)
    if low != high:
        text += f" ({number(low)} to {number(high)})"
    # What is near 0, or on both sides of it, has no ratio.
    smallest = samples.spread(row, AGAINST)
    comparable = rival != AGAINST and smallest is not None and smallest[0] > 0
    ratio = samples.ratio(row, rival, AGAINST) if comparable else None
    return text if ratio is None else f"{text} **{ratio:.2f} x**"


def table(samples: Samples, scenario: str) -> list[str]:
    rivals = samples.rivals(scenario)
    lines = [
        "| " + " | ".join(["", *rivals]) + " |",
        "| " + " | ".join(["---"] * (len(rivals) + 1)) + " |",
    ]
    for row in samples.rows(scenario):
        what = f"{row.case}: {row.measure}" + (f", {row.unit}" if row.unit else "")
        lines.append("| " + " | ".join([what, *(cell(samples, row, rival) for rival in rivals)]) + " |")
    return lines


def page(
    samples: Samples,
    questions: dict[str, str],
    place: list[tuple[str, str]],
    rivals: dict[str, Rival],
    command: str,
    notes: list[str],
    charts: dict[str, str],
) -> str:
    """`notes`: further facts of the run; `charts`: a file by scenario."""
    versions = {rival.binary: f"{rival.kind} {rival.version()}" for rival in rivals.values() if rival.version_pattern}
    lines = ["# Results", ""]
    lines += [f"- {name}: {fact}" for name, fact in place]
    lines += [f"- versions: {', '.join(dict.fromkeys(versions.values()))}", f"- command: `{command}`"]
    lines += [f"- {note}" for note in notes]
    lines += [
        "",
        "Medians, in parentheses the smallest and the largest, in bold the median of the ratios to haproxy, taken "
        "round by round. Smaller is better everywhere. [README.md](README.md) tells the method.",
        "",
    ]
    for scenario in samples.scenarios():
        lines += [f"## {scenario}", "", questions[scenario], "", *table(samples, scenario), ""]
        if scenario in charts:
            lines += [f"![{scenario}]({charts[scenario]})", ""]
    targets = verdicts(samples)
    if targets:
        lines += ["## Targets", "", "| | at most | reached | |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {verdict.what} | {number(verdict.most)} | {number(verdict.reached)} | {'' if verdict.met else '**missed**'} |"
            for verdict in targets
        ]
        lines.append("")
    return "\n".join(lines)
