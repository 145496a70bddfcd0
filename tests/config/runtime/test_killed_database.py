"""The database killed under load: what it acknowledged is there, whole, after the next start."""

import contextlib
import os
import random
import signal
import threading
import time

import psycopg2
import pytest

WRITERS = 4


def write_until_it_dies(connection, writer, acknowledged):
    """Write one row by two statements a transaction; note each number that was acknowledged."""
    with contextlib.suppress(psycopg2.Error), contextlib.closing(connection):
        connection.autocommit = False
        cursor = connection.cursor()
        while True:
            cursor.execute("INSERT INTO kept (writer) VALUES (%s) RETURNING id", [writer])
            number = cursor.fetchone()[0]
            cursor.execute("UPDATE kept SET twin = id WHERE id = %s", [number])
            connection.commit()
            acknowledged.append(number)


def die_under_load(found, moment):
    """Let writers write, kill the server at the moment, and return what it had acknowledged."""
    acknowledged = []
    threads = [
        threading.Thread(
            target=write_until_it_dies,
            args=(found.postgres.connect("chartroom"), writer, acknowledged),
        )
        for writer in range(WRITERS)
    ]
    for thread in threads:
        thread.start()
    time.sleep(moment)
    os.kill(found.postgres.child.process.pid, signal.SIGKILL)
    for thread in threads:
        thread.join(20)
    found.stop()
    return acknowledged


def ask(found, question):
    with contextlib.closing(found.postgres.connect("chartroom")) as link, link.cursor() as cursor:
        cursor.execute(question)
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.deep
@pytest.mark.goal("G-36")
def test_no_acknowledged_write_is_lost_with_the_server(own_servers):
    moments, expected = random.Random(36), set()
    found = own_servers()
    found.start()
    with contextlib.closing(found.postgres.connect("chartroom")) as link:
        link.cursor().execute(
            "CREATE TABLE kept (id bigint GENERATED ALWAYS AS IDENTITY, writer int, twin bigint)"
        )

    for _ in range(50):
        expected |= set(die_under_load(found, moments.uniform(0.02, 0.4)))
        found = own_servers()
        found.start()
        stored = ask(found, "SELECT id FROM kept")
        assert expected - set(stored) == set()
        assert len(stored) == len(set(stored))
        assert ask(found, "SELECT id FROM kept WHERE twin IS DISTINCT FROM id") == []

    assert len(expected) > 1000
