"""Several people at once."""

import threading

from django.db import connections

from audit.errors import Refused


def at_once(*works):
    """Run each work in a thread of its own, all let go at the same moment; return the outcomes."""
    gate = threading.Barrier(len(works))
    outcomes = [None] * len(works)

    def run(place, work):
        try:
            gate.wait(timeout=10)
            outcomes[place] = work()
        except Refused as refused:
            outcomes[place] = refused.reason
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return outcomes
