"""How fast the trail is: the event writer against bare INSERTs, sealing and verifying.

    CHARTROOM_PROFILE=… DATABASE_URL=… SEAL_KEY=… python bench/bench_audit.py [--rows 1000000]

The database named is written to and its trail grows: use one made for the purpose. `--owner` names
the owner's address (or a superuser's) for filling the trail quickly; without it only the writer is
measured.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = (
    "actor_id, actor_name, on_behalf_of_id, role, action, purpose, basis, patient_id,"
    " subject_type, subject_id, outcome, request_id, session_digest, client_address, detail"
)
FILL = f"""
    INSERT INTO audit_event ({COLUMNS})
    SELECT n %% 500, 'Person ' || n %% 500, NULL, 'CLERK', 'CHART_OPENED', 'RECORDS', 'UNIT',
           (n * 7919) %% 100000, 'document', n::text, 'SUCCESS', md5(n::text),
           md5((n %% 999)::text), '10.1.2.3', '{{"page": 3}}'
    FROM generate_series(%s::bigint, %s::bigint) AS n
"""
CHUNK = 50_000


def run(
    *, owner_dsn: str = "", rows: int = 1_000_000, connections: int = 8, seconds: float = 3.0
) -> dict[str, Any]:
    """Measure everything on the database that Django is set up for.

    `owner_dsn` belongs to a role that may fill the trail by plain SQL; without it sealing and
    verifying are measured on what the writer left.
    """
    result = measure_writer(connections=connections, seconds=seconds)
    if owner_dsn:
        fill(owner_dsn, rows)
    return result | measure_seals()


def measure_writer(*, connections: int, seconds: float, rounds: int = 5) -> dict[str, Any]:
    """Write the same row through `events.record` and by bare INSERTs, on the same connections.

    Rounds alternate; the figures are medians.
    """
    from audit import context
    from audit.enums import Action, Basis, Purpose
    from audit.services import events

    origin = context.Origin(7, "Ana Mills", "CLERK", "a" * 32, "b" * 32, "10.1.2.3")
    said: dict[str, Any] = {
        "action": Action.CHART_OPENED,
        "patient_id": 4711,
        "subject_type": "document",
        "subject_id": 42,
        "basis": Basis.UNIT,
        "purpose": Purpose.RECORDS,
        "detail": {"page": 3},
    }
    values = (7, "Ana Mills", None, "CLERK", "CHART_OPENED", "RECORDS", "UNIT", 4711)
    values += ("document", "42", "SUCCESS", "a" * 32, "b" * 32, "10.1.2.3", '{"page": 3}')
    marks = ", ".join(["%s"] * len(values))
    bare_insert = f"INSERT INTO audit_event ({COLUMNS}) VALUES ({marks})"

    def bare(raw: Any) -> None:
        with raw.cursor() as cursor:
            cursor.execute(bare_insert, values)

    def through_the_service(_raw: Any) -> None:
        events.record(**said)

    rates: dict[str, list[float]] = {"bare": [], "record": []}
    for _ in range(rounds):
        for name, write in (("bare", bare), ("record", through_the_service)):
            rates[name].append(_rate(write, origin, connections, seconds / rounds))
    found = {name: median(values) for name, values in rates.items()}
    return {
        "connections": connections,
        "bare_inserts_per_second": round(found["bare"]),
        "events_per_second": round(found["record"]),
        "writer_ratio": round(found["record"] / found["bare"], 2),
    }


def _rate(write: Callable[[Any], None], origin: Any, connections: int, seconds: float) -> float:
    """Return how often a second `write` ran over that many connections, a thread each."""
    from django.db import connection

    from audit import context

    counts = [0] * connections
    ready, stop = threading.Barrier(connections + 1), threading.Event()

    def work(number: int) -> None:
        connection.ensure_connection()
        ready.wait()
        with context.acting(origin):
            while not stop.is_set():
                write(connection.connection)
                counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(connections)]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def fill(owner_dsn: str, rows: int) -> float:
    """Add rows to the trail by plain SQL, each chunk a transaction; return the seconds it took."""
    started = time.perf_counter()
    with closing(psycopg2.connect(owner_dsn)) as owner:
        owner.autocommit = True
        with owner.cursor() as cursor:
            for first in range(1, rows + 1, CHUNK):
                cursor.execute(FILL, [first, min(rows, first + CHUNK - 1)])
            cursor.execute("ANALYZE audit_event")
    return time.perf_counter() - started


def measure_seals() -> dict[str, Any]:
    """Seal everything that waits, into an anchor file of its own, and verify the whole trail."""
    from django.test import override_settings

    from audit.selectors import verification
    from audit.services import seals

    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(ANCHOR_FILE=str(Path(folder) / "seals.jsonl")),
    ):
        started = time.perf_counter()
        run = seals.seal_all()
        seal_seconds = time.perf_counter() - started
        report = verification.verify(seals.get_public_keys())
    return {
        "sealed_rows": run.rows,
        "seals": run.seals,
        "sealed_rows_per_second": round(run.rows / seal_seconds),
        "verified_rows": sum(tally.checked for tally in report.tallies.values()),
        "verified_rows_per_second": report.rows_per_second,
        "broken": report.broken_count,
    }


def main() -> None:
    """Read the arguments, measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description="Measure the trail.")
    parser.add_argument("--owner", default=os.environ.get("OWNER_DATABASE_URL", ""))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    result = run(
        owner_dsn=options.owner,
        rows=options.rows,
        connections=options.connections,
        seconds=options.seconds,
    )
    print(json.dumps(result))


if __name__ == "__main__":
    main()
