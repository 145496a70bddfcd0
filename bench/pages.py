"""Times pages over HTTP against U, at one size of database.

`python -m bench.pages FOLDER` wants a folder that `seed_demo --bulk` has filled. It measures one
round for each line on its standard input and answers it with a line, so that two sizes take turns
in the same minutes; at the end of input it prints the figures as JSON.
"""

import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

EACH = 20
WARM = 15
NAME_PARTS = ("smi", "joh", "gar", "will", "rodr", "mul", "hern", "wash", "pat", "lew")
TWO_NAMES = ("smith ma", "garcia jo", "brown ja", "lopez an", "lee ch", "davis pa")
MISSPELT = ("Smiht Jhon", "Gonzales Mria", "Willaims Robrt", "Rodrigez Davd", "Jonhson Pattricia")


def main(folder):
    """Serve, measure when asked, print."""
    os.environ["CHARTROOM_HOME"] = str(Path(folder).resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    from config.runtime.environment import prepared

    with prepared(["bench"]):
        import django

        django.setup()
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        measure(Path(folder).resolve())


def connect_superuser(folder):
    """Return a connection past all rights, for charts that only a benchmark has."""
    import psycopg2
    from django.conf import settings

    from config.runtime import keys, postgres
    from config.runtime.home import Home

    here = settings.DATABASES["default"]
    connection = psycopg2.connect(
        host=here["HOST"],
        port=here["PORT"],
        dbname=here["NAME"],
        user=postgres.SUPERUSER,
        password=keys.load_or_make(Home(folder).secrets)["POSTGRES_PASSWORD"],
    )
    connection.autocommit = True
    return connection


def measure(folder):
    """Make readers and pages, measure a round a line of input, and print the figures."""
    from bench import readers
    from records.patients.models import Patient

    people = readers.make_readers()
    superuser = connect_superuser(folder)
    odd = readers.make_odd_charts(superuser)
    with superuser.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")
    seen = {name: readers.visible_ids(user, 200) for name, user in people.items()}
    cookies = {name: f"session={readers.open_session(user)}" for name, user in people.items()}
    numbers = list(Patient.objects.filter(pk__in=seen["all"]).values_list("mrn", flat=True))
    facts = {"patients": Patient.objects.count(), "share": readers.share_of(people["tenth"])}
    log = folder / "bench-web.log"
    plainly = served("bench.minimal_settings", log, "bench.minimal_wsgi")
    with served("bench.settings", log) as app, plainly as plain:
        unit = Page("U", plain, [f"/u/{key}/" for key in seen["all"]], "")
        pages = list(_pages(app, seen, cookies, odd, numbers))
        for page in (unit, *pages):
            page.warm()
        print("ready", flush=True)
        for _ in sys.stdin:
            measure_round(unit, pages)
            print("done", flush=True)
    figures = {"U_ms": unit.p50, "pages": [page.facts(unit.p50) for page in pages]}
    print(json.dumps(facts | figures))


def _pages(app, seen, cookies, odd, numbers):
    clerks = ("few", "tenth", "all")
    for name in clerks:
        charts = [f"/charts/{key}/" for key in seen[name]]
        yield Page(f"chart, clerk of {name}", app, charts, cookies[name])
    charts = [f"/charts/{key}/" for key in seen["supervisor"]]
    yield Page("chart, supervisor of all", app, charts, cookies["supervisor"])
    for name, key in odd.items():
        yield Page(f"chart of {name}", app, [f"/charts/{key}/"], cookies["all"])
    for name in clerks:
        yield Page(f"list, clerk of {name}", app, ["/patients/"], cookies[name])
    for name in clerks:
        yield Page(f"name part, clerk of {name}", app, queries(NAME_PARTS), cookies[name])
    yield Page("two names", app, queries(TWO_NAMES), cookies["tenth"])
    yield Page("exact number", app, queries(numbers[:100]), cookies["all"])
    yield Page("misspelt name", app, queries(MISSPELT), cookies["tenth"])


def measure_round(unit, pages):
    """Take times of every page, and of U before and after, so that all see the same machine."""
    unit.times_more()
    for page in pages:
        page.times_more()
    unit.times_more()


def queries(words):
    """Return search addresses for the words."""
    from urllib.parse import urlencode

    return ["/patients/?" + urlencode({"q": word}) for word in words]


class Page:
    """One kind of page, asked for again and again over one kept connection."""

    def __init__(self, name, port, paths, cookie):
        self.name, self.port, self.paths, self.cookie = name, port, paths, cookie
        self.times = []
        self.statements = 0
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, **headers):
        """Ask once and return (seconds, response headers)."""
        path = random.choice(self.paths)
        begun = time.perf_counter()
        self.connection.request("GET", path, headers={"Cookie": self.cookie, **headers})
        response = self.connection.getresponse()
        response.read()
        seconds = time.perf_counter() - begun
        if response.status != 200:
            raise SystemExit(f"{self.name}: {path} answered {response.status}")
        return seconds, response.headers

    def warm(self):
        """Ask until caches are warm, and count the statements."""
        self.connection.close()
        for _ in range(WARM):
            self.ask()
        counts = {int(self.ask(**{"X-Count": "1"})[1].get("X-Statements", 0)) for _ in range(8)}
        self.statements = max(counts)

    def times_more(self):
        """Take another round of times, over a connection that has just been used."""
        self.connection.close()
        self.ask()
        self.times += [self.ask()[0] for _ in range(EACH)]

    @property
    def p50(self):
        """Median in milliseconds."""
        return round(statistics.median(self.times) * 1000, 2)

    def facts(self, unit):
        """Return the page's figures, `ratio` in U."""
        p95 = statistics.quantiles(self.times, n=20)[-1] * 1000
        return {
            "page": self.name,
            "p50_ms": self.p50,
            "p95_ms": round(p95, 2),
            "worst_ms": round(max(self.times) * 1000, 1),
            "ratio": round(self.p50 / unit, 1),
            "statements": self.statements,
        }


@contextmanager
def served(settings, log, application="config.wsgi"):
    """Serve with `settings` as `up` does, on a free port; yield the port.

    Raises:
        RuntimeError: it does not answer within 20 seconds; why stands in the log.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": settings,
        "WEB_BIND": f"127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
    with log.open("ab") as output:
        server = subprocess.Popen(
            [*command, application], env=environment, stdout=output, stderr=output
        )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            raise RuntimeError(f"{application} does not answer; see {log}")
        yield port
    finally:
        server.terminate()
        server.wait(20)


if __name__ == "__main__":
    main(sys.argv[1])
