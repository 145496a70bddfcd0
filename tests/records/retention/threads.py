"""Doing two things at the same moment, each on a connection of its own."""

import threading

from django.db import connection


def later(function):
    """Run `function` in a thread; return the thread and where its error or result will be."""
    outcome = {}

    def run():
        try:
            outcome["result"] = function()
        except Exception as error:
            outcome["error"] = error
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome
