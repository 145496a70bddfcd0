"""`make bench`: every figure of docs/performance.md, from empty folders to the written table.

`python -m bench [--sizes 10000,1000000] [--folder var/bench] [--write]`. The folders are kept, so
that a second run measures at once.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path("docs/performance.md")
BEGIN, END = "<!-- pages -->", "<!-- end of pages -->"
LIMITS = {"chart": 12, "list": 15, "name part": 20, "two names": 20, "exact number": 10}


def main():
    """Load what is missing, measure, print, and write the table when asked."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", default="10000,1000000")
    options.add_argument("--folder", default="var/bench")
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    found = {}
    for size in map(int, chosen.sizes.split(",")):
        folder = Path(chosen.folder) / str(size)
        load(folder, size)
        found[size] = run("bench.pages", folder)
        print(json.dumps(found[size]))
    print(json.dumps(run("bench.inside", "retention", folder)))
    print(
        json.dumps(run("bench.inside", "trail", Path(chosen.folder) / chosen.sizes.split(",")[0]))
    )
    table = as_table(found)
    print(table)
    if chosen.write:
        write(table)


def load(folder, size):
    """Fill an empty folder with `size` patients."""
    if (folder / "loaded").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"CHARTROOM_HOME": str(folder), "LOG_LEVEL": "WARNING"}
    for command in (["migrate"], ["seed_demo", "--bulk", "--patients", str(size)]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True)
    (folder / "loaded").touch()


def run(module, *arguments):
    """Run a benchmark in a process of its own and return what it printed."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(printed.splitlines()[-1])


def as_table(found):
    """Return the figures as Markdown, the largest size last."""
    sizes = sorted(found)
    heads = [f"{size:,}: ms (p95)" for size in sizes] + [f"{size:,}: U" for size in sizes]
    now = datetime.datetime.now(datetime.UTC)
    lines = [
        f"{now:%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()}, "
        f"Python {platform.python_version()}. "
        + " ".join(f"U at {size:,} patients: {found[size]['U_ms']} ms." for size in sizes),
        "",
        f"| Page | {' | '.join(heads)} | Limit | Statements | Growth |",
        "|---|" + "---|" * (len(heads) + 3),
    ]
    by_name = {size: {page["page"]: page for page in found[size]["pages"]} for size in sizes}
    for name in by_name[sizes[-1]]:
        pages = [by_name[size][name] for size in sizes]
        limit = next((f"{most} U" for key, most in LIMITS.items() if name.startswith(key)), "1 s")
        growth = pages[-1]["p50_ms"] / pages[0]["p50_ms"]
        cells = [f"{page['p50_ms']} ({page['p95_ms']})" for page in pages]
        cells += [str(page["ratio"]) for page in pages]
        cells += [limit, str(pages[-1]["statements"]), f"{growth:.2f}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def write(table):
    """Put the table between its marks in the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
