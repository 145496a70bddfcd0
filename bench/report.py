"""Figures as Markdown: what was wanted, what was found, and page by page."""

import datetime
import os
import platform
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
LIMITS = {"chart": 12, "list": 15, "name part": 20, "two names": 20, "exact number": 10}
MOST_STATEMENTS = 15
MOST_GROWTH = 1.5
MOST_BETWEEN_READERS = 2.0


def publish(found, *, is_written):
    """Print the figures, write them when asked; return 1 where one misses its limit."""
    judged = judge(found)
    text = "\n\n".join(
        [facts_of(found), demands_table(judged), pages_table(found["pages"]), trail_table(found)]
    )
    print(text)
    if is_written:
        write(text)
    missed = [what for what, _, _, is_met in judged if not is_met]
    print(f"\nNot met: {', '.join(missed)}" if missed else "\nEvery limit is met.")
    return 1 if missed else 0


def judge(found):
    """Return (what, limit, figure, is met) of everything that has a limit."""
    sizes = sorted(found["pages"], key=int)
    small, large = (
        {page["page"]: page for page in found["pages"][size]["pages"]}
        for size in (sizes[0], sizes[-1])
    )
    rows = _judge_times(small, large) + _judge_charts(large)
    slowest = max(pages["misspelt name"]["worst_ms"] for pages in (small, large))
    rows.append(("misspelt name: slowest answer", "1 s", f"{slowest:.0f} ms", slowest <= 1000))
    return rows + _judge_rates(found["trail"], found["retention"])


def _judge_times(small, large):
    rows = []
    for kind, most in LIMITS.items():
        names = [name for name in large if name.startswith(kind)]
        ratio = max(large[name]["ratio"] for name in names)
        growth = max(large[name]["p50_ms"] / small[name]["p50_ms"] for name in names)
        rows.append((f"{kind}: dearest", f"{most} U", f"{ratio} U", ratio <= most))
        is_met = growth <= MOST_GROWTH
        rows.append((f"{kind}: growth with size", MOST_GROWTH, f"{growth:.2f}", is_met))
    for kind in ("chart", "list", "name part"):
        times = [page["p50_ms"] for name, page in large.items() if f"{kind}, clerk of" in name]
        apart = max(times) / min(times)
        is_met = apart <= MOST_BETWEEN_READERS
        rows.append((f"{kind}: readers apart", MOST_BETWEEN_READERS, f"{apart:.2f}", is_met))
    return rows


def _judge_charts(large):
    counts = [page["statements"] for name, page in large.items() if name.startswith("chart")]
    most, limit = max(counts), MOST_STATEMENTS
    one, many = (
        large[f"chart of {held}"]["statements"] for held in ("1 document", "300 documents")
    )
    return [
        ("chart: statements", limit, most, most <= limit),
        ("chart: statements at 1 and 300 documents", "alike", f"{one} and {many}", one == many),
    ]


def _judge_rates(trail, retention):
    wanted = (
        ("events through the writer against bare INSERTs", 0.5, trail["writer_ratio"]),
        ("sealing, rows a second", 100_000, trail["sealed_rows_per_second"]),
        ("verifying, rows a second", 100_000, trail["verified_rows_per_second"]),
    )
    rows = [(what, f"at least {least:,}", f"{it:,}", it >= least) for what, least, it in wanted]
    ratio = retention["ratio_to_bare"]
    what = f"retention of {retention['charts']:,} charts against bare SQL"
    return [*rows, (what, retention["target_ratio"], ratio, ratio <= retention["target_ratio"])]


def facts_of(found):
    """Return machine, date and sizes in a few lines."""
    now = datetime.datetime.now(datetime.UTC)
    units = ", ".join(
        f"{facts['U_ms']} ms at {int(size):,} patients" for size, facts in found["pages"].items()
    )
    return (
        f"{now:%Y-%m-%d}, {os.cpu_count()} cores ({_processor()}), {platform.system()}, "
        f"Python {platform.python_version()}, load before {found['load_before']:.1f}. U: {units}."
    )


def _processor():
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def demands_table(judged):
    """Return limits and figures side by side."""
    lines = ["| What | Limit | Found | |", "|---|---|---|---|"]
    for what, limit, figure, is_met in judged:
        lines.append(f"| {what} | {limit} | {figure} | {'met' if is_met else '**missed**'} |")
    return "\n".join(lines)


def pages_table(pages):
    """Return the pages' times, the largest size last."""
    sizes = sorted(pages, key=int)
    heads = [f"{int(size):,}: ms (p95)" for size in sizes] + [f"{int(size):,}: U" for size in sizes]
    lines = [
        f"| Page | {' | '.join(heads)} | Growth | Statements |",
        "|---|" + "---|" * (len(heads) + 2),
    ]
    by_name = {size: {page["page"]: page for page in pages[size]["pages"]} for size in sizes}
    for name in by_name[sizes[-1]]:
        each = [by_name[size][name] for size in sizes]
        cells = [f"{page['p50_ms']:.1f} ({page['p95_ms']:.0f})" for page in each]
        cells += [str(page["ratio"]) for page in each]
        cells += [f"{each[-1]['p50_ms'] / each[0]['p50_ms']:.2f}", str(each[-1]["statements"])]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def trail_table(found):
    """Return the rates of trail and retention."""
    trail, retention = found["trail"], found["retention"]
    rows = (
        ("events a second, 8 connections", trail["events_per_second"]),
        ("bare INSERTs a second, same connections", trail["bare_inserts_per_second"]),
        ("rows sealed a second", trail["sealed_rows_per_second"]),
        ("rows verified a second", trail["verified_rows_per_second"]),
        ("charts evaluated a second", retention["charts_per_second"]),
        ("nightly evaluation, seconds", retention["nightly_seconds"]),
        ("bare SQL for the same dates, seconds", retention["bare_seconds"]),
    )
    lines = ["| Trail and retention | |", "|---|---|"]
    return "\n".join([*lines, *(f"| {what} | {figure:,} |" for what, figure in rows)])


def write(text):
    """Put the figures between their marks in the document."""
    whole = DOCUMENT.read_text(encoding="utf-8")
    before, rest = whole.split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
