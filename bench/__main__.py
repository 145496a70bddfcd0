"""`make bench`: every figure of docs/performance.md, from empty folders to the written tables.

`python -m bench [--sizes 10000,1000000] [--folder var/bench] [--rounds 10] [--load] [--write]`.
The folders are kept, so that a second run measures at once; `--load` loads and measures nothing.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from bench import report

HERE = Path(__file__).resolve().parent.parent


def main():
    """Load what is missing, measure, print, and write the tables when asked."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sizes", default="10000,1000000")
    options.add_argument("--folder", default="var/bench")
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--load", action="store_true", help="load what is missing, nothing else")
    options.add_argument("--write", action="store_true", help="write docs/performance.md")
    chosen = options.parse_args()
    root = Path(chosen.folder).resolve()
    folders = {size: root / str(size) for size in sorted(map(int, chosen.sizes.split(",")))}
    for size, folder in folders.items():
        load(folder, size)
    if not chosen.load:
        found = measure(root, folders, chosen.rounds)
        (root / "figures.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
        sys.exit(report.publish(found, is_written=chosen.write))


def load(folder, size):
    """Fill an empty folder with `size` patients; bring a full one up to the newest migration."""
    manage(folder, "migrate", "--verbosity", "0")
    if not (folder / "loaded").exists():
        say(f"loading {size:,} patients")
        manage(folder, "seed_demo", "--bulk", "--patients", str(size))
        run("bench.inside", "settle", folder)
        (folder / "loaded").touch()


def measure(root, folders, rounds):
    """Return all figures."""
    found = {"load_before": os.getloadavg()[0]}
    retention = {}
    for size, folder in folders.items():
        say(f"retention at {size:,} charts")
        retention[size] = run("bench.inside", "retention", folder)
    found["retention"] = retention[max(retention)]
    found["pages"] = measure_pages(folders, rounds)
    say("the trail")
    trail = root / "trail"
    shutil.rmtree(trail, ignore_errors=True)
    manage(trail, "migrate", "--verbosity", "0")
    found["trail"] = run("bench.inside", "trail", trail)
    return found


def measure_pages(folders, rounds):
    """Return the pages' figures of each size; the sizes take turns in rounds."""
    with ExitStack() as stack:
        servers = {size: stack.enter_context(_pages_of(folder)) for size, folder in folders.items()}
        for server in servers.values():
            _read(server)
        for number in range(1, rounds + 1):
            say(f"pages, round {number} of {rounds}")
            for server in servers.values():
                server.stdin.write("round\n")
                server.stdin.flush()
                _read(server)
        found = {}
        for size, server in servers.items():
            server.stdin.close()
            found[size] = json.loads(_read(server))
        return found


def _pages_of(folder):
    command = [sys.executable, "-m", "bench.pages", str(folder)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE
    )


def _read(server):
    line = server.stdout.readline()
    if not line:
        raise SystemExit("bench.pages ended; what it said stands above")
    return line


def manage(folder, *command):
    """Run one of the application's commands on a folder's database."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"CHARTROOM_HOME": str(folder), "LOG_LEVEL": "WARNING"}
    subprocess.run([sys.executable, HERE / "manage.py", *command], env=environment, check=True)


def run(module, *arguments):
    """Run a benchmark in a process of its own and return what it printed."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=HERE)
    return json.loads(printed.stdout.splitlines()[-1])


def say(words):
    """Tell on standard error what is being done."""
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
