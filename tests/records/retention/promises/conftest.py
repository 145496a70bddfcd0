"""Connections of the application's own role, on committed rows, outside Django."""

import contextlib

import psycopg2
import pytest


class Session:
    """One connection of the application role; everything it does is attributed to one person."""

    def __init__(self, dsn, actor):
        self.connection = psycopg2.connect(**dsn)
        self.actor = actor

    def run(self, sql, *params):
        """Run one statement in the open transaction; return its rows, if it has any."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('chartroom.actor', %s, true),"
                " set_config('chartroom.request', 'test', true)",
                [str(self.actor.pk)],
            )
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else cursor.rowcount

    def commit(self):
        self.connection.commit()

    def rollback(self):
        self.connection.rollback()


@pytest.fixture
def open_session(app_dsn, house):
    """Open connections of the application role, closed at the end."""
    with contextlib.ExitStack() as stack:

        def connect(actor=None):
            session = Session(app_dsn, actor or house.compliance)
            stack.callback(session.connection.close)
            return session

        yield connect


@pytest.fixture
def session(open_session):
    return open_session()
