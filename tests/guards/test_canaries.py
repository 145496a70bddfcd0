"""Nobody is shown more than they may see, and nothing is shown before its event stands.

A hospital in small (`world`) has a canary in every field. Every page is asked for by everybody,
straight from the WSGI application; at the first byte a second connection looks for the committed
event of every patient of whom the answer holds a canary.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import logging
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.urls import reverse

from accounts.roles import permissions_of
from tests.guards import probes
from tests.guards.canaries import Canary, Colour
from tests.guards.may_see import ASKERS, MAY_SEE, OVERSIGHT
from tests.guards.routes import Route, own_routes
from tests.guards.wire import Answer, Wire
from tests.guards.world import World

# Pages on which no patient stands, whoever asks and whatever is asked for.
NO_PATIENT = {
    "health_live": "says that the process lives",
    "health_ready": "says which part fails",
    "session_state": "seconds left of one's own session",
    "session_extend": "seconds left of one's own session",
    "status": "counts of work and the trail's state",
    "help_guide": "a guide of docs/users",
    "help_index": "a guide of docs/users",
    "help_screen": "what the guides of docs/users say about a screen",
    "accounts:user_list": "people who sign in",
    "accounts:user_create": "people who sign in",
    "accounts:user_change": "people who sign in",
    "accounts:user_disable": "people who sign in",
    "accounts:user_enable": "people who sign in",
    "accounts:user_end_sessions": "people who sign in",
    "accounts:user_remove_factors": "people who sign in",
    "accounts:user_reset_password": "people who sign in",
    "access:unit_create": "units of the house",
    "access:unit_detail": "units of the house and who holds rights on them",
    "access:unit_grant": "units of the house",
    "access:unit_list": "units of the house",
    "access:unit_revoke": "units of the house",
    "access:glass_close": "goes home",
    "access:chart_revoke": "goes back to the rights on the chart",
    "access:access_request_grant": "goes to the list of what is asked for",
    "access:access_request_withdraw": "goes back to what one asked for",
    "documents:document_undo": "goes back to the desk or the chart",
    "documents:document_undo_move": "goes to the document",
    "documents:document_undo_voiding": "goes to the document",
    "encounters:provider_create": "practitioners of the house",
    "encounters:provider_detail": "practitioners of the house and their sign-ins",
    "encounters:provider_link": "practitioners of the house",
    "encounters:provider_list": "practitioners of the house and their sign-ins",
    "encounters:provider_unlink": "practitioners of the house",
    "audit:seal_list": "how the trail is sealed",
    "audit:trail_verify": "goes back to how the trail is sealed",
    "patients:patient_register": "an empty form; candidates are asked for by a probe",
    "interchange:import_list": "figures of imports",
    "interchange:import_progress": "figures of an import under way",
    "interchange:import_upload": "an empty form",
    "release_links:link_download": "asks a stranger for the passcode, naming nobody",
    "requests_release:assignment_undo": "goes to the request",
    "requests_release:request_let_go": "goes to the request",
    "requests_release:request_mark": "who works on a request, and since when",
    "requests_release:package_progress": "pages done of pages in all",
    "retention:batch_list": "numbers of batches and who acts on them",
    "retention:batch_progress": "charts done of charts in all",
    "retention:batch_resume": "goes to the batch",
    "retention:rule_list": "the schedule",
    "retention:rule_detail": "the schedule",
    "retention:rule_change": "the schedule",
    "retention:rule_confirm": "the schedule",
    "saved_lists:list_change": "the name of one's own filters of a list",
    "saved_lists:list_create": "goes to the list, which looks",
    "saved_lists:list_remove": "goes to the list, which looks",
    "usersessions_end": "goes back to one's own sessions",
    "account_email": "closed",
    "account_confirm_email": "closed",
    "account_email_verification_sent": "closed",
    "account_confirm_login_code": "closed",
    "account_set_password": "closed",
    "account_reset_password": "tells whom to ask",
    "account_reset_password_done": "tells whom to ask",
    "account_reset_password_from_key": "tells whom to ask",
    "account_reset_password_from_key_done": "tells whom to ask",
}
# Left out when everything is posted empty, because the world would not be the same afterwards.
NOT_POSTED = {
    "access:access_request_grant": "would open a chart to somebody else",
    "access:access_request_withdraw": "withdraws what is asked for",
    "access:glass_close": "ends the emergency access",
    "documents:document_undo": "takes back a filing of minutes ago",
    "documents:document_undo_voiding": "takes back a voiding of minutes ago",
    "saved_lists:list_remove": "removes filters of one's own",
    "session_extend": "nothing of a patient",
}
# Tokens of forms, masked anew in every answer.
TOKEN = re.compile(r"[A-Za-z0-9]{64}")
# A record's argument, and which of its values each person is sent to beside the first.
RECORDS = (
    "patient_id",
    "encounter_id",
    "document_id",
    "unfiled_id",
    "run_id",
    "request_id",
    "batch_id",
    "access_request_id",
)


def none(faults: list[str]) -> None:
    """Fail with every fault on a line of its own."""
    if faults:
        pytest.fail(f"{len(faults)} faults\n" + "\n".join(faults), pytrace=False)


class Inspector:
    """Sends everything and collects what is wrong, each fault as one line."""

    def __init__(self, world: World, wire: Wire) -> None:
        self.world, self.wire = world, wire
        self.faults: dict[str, set[str]] = {
            name: set()
            for name in ("unrecorded", "leaked", "failed", "doubled", "addresses", "headers")
        }
        self.showing: set[str] = set()
        self.patient_pages_of_administrator: set[str] = set()
        ids = world.ids.values()
        self.first_and_hidden = {next(iter(choice.values())) for choice in ids}
        self.first_and_hidden |= set(_hidden(world).values()) | {_secret(world)}
        self.owner_ids = {name: patient.pk for name, patient in world.patients.items()}

    def look(
        self,
        person: str,
        route: str,
        method: str,
        path: str,
        data: dict[str, Any] | None = None,
        **headers: str,
    ) -> Answer:
        """Send a request and judge its answer."""
        answer = self.wire.ask(person, method, path, data, **headers)
        line = f"{person} {method} {path} {_short(data)}-> {answer.status}"
        typed = path + json.dumps(data or {}, default=str)
        shown = self._found(answer, typed)
        if shown:
            self.showing.add(route)
        if answer.status >= 500 and answer.status != 503:
            self.faults["failed"].add(f"{line}: {answer.error}")
        self.faults["doubled"] |= {f"{line}: {key}" for key in answer.doubled}
        self._judge_events(line, answer, shown)
        self._judge_sight(person, route, line, shown)
        self._judge_headers(line, answer, typed)
        return answer

    def _found(self, answer: Answer, typed: str) -> set[Canary | Colour]:
        """Return what the answer shows, apart from what the request itself brought along."""
        brought = self.world.aviary.found_in(typed)
        found: set[Canary | Colour] = set(self.world.aviary.found_in(answer.text) - brought)
        for picture in answer.pictures:
            found |= self.world.aviary.seen_in(picture)
        return found

    def _judge_events(self, line: str, answer: Answer, shown: set[Canary | Colour]) -> None:
        recorded = answer.shown_patients
        has_event = any(event.outcome == "SUCCESS" for event in answer.events)
        for bird in shown:
            patient_id = self.owner_ids.get(bird.owner)
            is_told = patient_id in recorded if patient_id else has_event
            if not is_told:
                self.faults["unrecorded"].add(f"{line}: {bird}")

    def _judge_sight(self, person: str, route: str, line: str, shown: set[Canary | Colour]) -> None:
        for bird in shown:
            allowed = MAY_SEE.get((bird.owner, bird.area), set())
            is_oversight = person == "compliance" and route.startswith(OVERSIGHT)
            if person not in allowed and not (is_oversight and bird.area == "directory"):
                self.faults["leaked"].add(f"{line}: {bird}")

    def _judge_headers(self, line: str, answer: Answer, typed: str) -> None:
        brought = self.world.aviary.found_in(typed)
        written = "\n".join(f"{name}: {value}" for name, value in answer.headers)
        self.faults["headers"] |= {
            f"{line}: {bird}" for bird in self.world.aviary.found_in(written) - brought
        }
        self.faults["addresses"] |= {
            f"{line}: {bird}" for bird in self.world.aviary.found_in(answer.addresses) - brought
        }


def _short(data: dict[str, Any] | None) -> str:
    return f"{data} " if data else ""


def paths_of(route: Route, world: World) -> Iterator[tuple[dict[str, Any], str]]:
    """Return the real addresses of a page: every record of the kind that it is about."""
    missing = [name for name in route.arguments if name not in world.ids]
    if missing:
        if route.name.startswith("account_"):
            return
        pytest.fail(f"tests/guards/world.py does not say what {missing} of {route.name} can be")
    choices = [list(world.ids[name].values()) for name in route.arguments]
    for values in itertools.product(*choices):
        kwargs = dict(zip(route.arguments, values, strict=True))
        yield kwargs, reverse(route.name, kwargs=kwargs)


@contextlib.contextmanager
def _spoken() -> Iterator[io.StringIO]:
    """Everything that any logger writes, as it stands on the console, and nowhere else."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    handlers = list(root.handlers)
    console = next(each for each in handlers if type(each) is logging.StreamHandler)
    handler.setFormatter(console.formatter)
    root.handlers[:] = [handler]
    try:
        yield written
    finally:
        root.handlers[:] = handlers


@pytest.mark.goal("G-01")
@pytest.mark.goal("G-03")
@pytest.mark.goal("G-04")
@pytest.mark.goal("G-12")
@pytest.mark.goal("G-20")
@pytest.mark.goal("G-24")
@pytest.mark.long
@pytest.mark.committed
def test_every_page_shows_what_it_may_after_its_event(second_connection, subtests):
    with _spoken() as spoken:
        inspector = _inspect(second_connection)

    for name, faults in inspector.faults.items():
        with subtests.test(name):
            none(sorted(faults))
    with subtests.test("pages without a canary have a reason"):
        routes = {route.name for route in own_routes()}
        none(sorted(routes - inspector.showing - set(NO_PATIENT)))
    with subtests.test("reasons are not stale"):
        none(sorted(set(NO_PATIENT) & inspector.showing))
        none(sorted({*NO_PATIENT, *NOT_POSTED} - routes))
    with subtests.test("administrators see no page of a patient"):
        none(sorted(inspector.patient_pages_of_administrator))
    with subtests.test("hidden and missing are the same"):
        none(_twins(inspector))
    _check_stores(inspector.world, spoken, subtests)


def _inspect(second_connection: Any) -> Inspector:
    """Build the house, let everybody ask for everything, and return what was found."""
    world, wire = World(), Wire(second_connection)
    for name in (*ASKERS, "bystander"):
        wire.sign_in(name, world.people[name].pk)
    inspector = Inspector(world, wire)
    _walk(inspector)
    _send_probes(inspector)
    _post_nothing(inspector)
    return inspector


def _walk(inspector: Inspector) -> None:
    """Ask for every page of everything, as everybody whom its rule lets in.

    The first record of each page is asked for by the others too, and by a stranger.
    """
    for route in own_routes():
        if "GET" not in (route.methods or ("GET",)):
            continue
        for number, (kwargs, path) in enumerate(paths_of(route, inspector.world)):
            everybody = (*ASKERS, "signed out")
            for person in everybody if number == 0 else _holders(inspector.world, route):
                answer = inspector.look(person, route.name, "GET", path)
                is_record = any(name in RECORDS for name in kwargs)
                if person == "administrator" and is_record and answer.status == 200:
                    inspector.patient_pages_of_administrator.add(path)


def _holders(world: World, route: Route) -> list[str]:
    """Return the people whose roles carry what a page asks for."""
    needed = set(route.permissions or ())
    return [name for name in ASKERS if needed <= permissions_of(world.people[name].role_names)]


def _send_probes(inspector: Inspector) -> None:
    """Ask what single pages answer to searches, choices, other forms and stale forms."""
    for probe in probes.list_probes(inspector.world):
        path = reverse(probe.route, kwargs=probe.kwargs)
        if probe.query:
            path += f"?{urlencode(probe.query, doseq=True)}"
        for person in probe.people or ASKERS:
            answer = inspector.look(
                person, probe.route, probe.method, path, probe.data, **probe.headers
            )
            if person in probe.shows_to and not answer.text:
                inspector.faults["failed"].add(f"{person} {path}: empty")


def _post_nothing(inspector: Inspector) -> None:
    """Send every form empty: what it shows again is as much a page as the first."""
    for route in own_routes():
        if "POST" not in route.methods or route.name in NOT_POSTED:
            continue
        for values, path in paths_of(route, inspector.world):
            if not set(values.values()) <= inspector.first_and_hidden:
                continue
            for person in _holders(inspector.world, route):
                inspector.look(person, route.name, "POST", path)


def _twins(inspector: Inspector) -> list[str]:
    """Return where what is hidden from somebody is answered otherwise than what is not there."""
    world, faults = inspector.world, []
    hidden = _hidden(world)
    secret = hidden | {"document_id": _secret(world)}
    for route in own_routes():
        if not set(route.arguments) & set(hidden):
            continue
        for method in {"GET", "POST"} & set(route.methods):
            for values in (hidden, secret)[: 2 if "document_id" in route.arguments else 1]:
                for person in ("supervisor", "provider"):
                    difference = _difference(inspector, route, method, person, values)
                    if difference:
                        faults.append(f"{person} {method} {route.name} {values}: {difference}")
    return faults


def _hidden(world: World) -> dict[str, Any]:
    """Return one record of each kind that lies in the unit that is not listed."""
    return {
        "patient_id": world.ids["patient_id"]["HIDDEN"],
        "encounter_id": world.ids["encounter_id"]["hidden"],
        "document_id": world.ids["document_id"]["hidden"],
        "unfiled_id": world.ids["unfiled_id"]["PROGRAMME_FILE"],
        "run_id": world.ids["run_id"]["PROGRAMME_FILE"],
        "request_id": world.ids["request_id"]["hidden"],
        # Asked for in a unit of others, who alone know of it.
        "access_request_id": world.ids["access_request_id"]["other"],
    }


def _secret(world: World) -> int:
    return int(world.ids["document_id"]["secret"])


def _difference(
    inspector: Inspector, route: Route, method: str, person: str, values: dict[str, Any]
) -> str:
    """Return in what the answers about a hidden and about a missing record differ, if they do."""

    def kwargs(real: bool) -> dict[str, Any]:
        return {
            name: (values[name] if real else 987_654_321)
            if name in values
            else next(iter(inspector.world.ids[name].values()))
            for name in route.arguments
        }

    inspector.wire.ask(person, "GET", "/no/such/page/")  # takes along what earlier pages had to say
    answers = []
    for is_real in (True, False):
        named = kwargs(is_real)
        path = reverse(route.name, kwargs=named)
        answer = inspector.wire.ask(person, method, path)
        text = answer.body.decode("utf-8", "replace") + answer.header("Location")
        text = text.replace(answer.header("X-Request-ID"), "REQUEST").replace(path, "PATH")
        answers.append((answer.status, TOKEN.sub("TOKEN", text)))
    (status, hidden), (status_of_missing, missing) = answers
    if status != status_of_missing:
        return f"{status}, {status_of_missing}"
    # A page of a real record, with all its ids, is compared by its status; a refusal by its text.
    if status != 404 or hidden == missing:
        return ""
    at = next((n for n, (a, b) in enumerate(zip(hidden, missing, strict=False)) if a != b), 0)
    return f"{hidden[max(0, at - 40) : at + 40]!r}, {missing[max(0, at - 40) : at + 40]!r}"


def _check_stores(world: World, spoken: io.StringIO, subtests: Any) -> None:
    """Look where no patient may stand: trail, sessions, jobs, logs, cache and queue."""
    for table in _tables_without_patients():
        with subtests.test("table", table=table):
            none(_birds_in_table(world, table))
    with subtests.test("logs"):
        none([str(bird) for bird in world.aviary.found_in(spoken.getvalue())])
        assert len(spoken.getvalue().splitlines()) > 1000
    with subtests.test("cache and queue"):
        held = _everything_in_cache()
        none([str(bird) for bird in world.aviary.found_in(held)])


def _tables_without_patients() -> list[str]:
    fixed = ["django_session", "usersessions_usersession", "jobs_job", "accounts_user"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'audit\\_%%' AND relkind = 'p'"
            " AND relnamespace = 'public'::regnamespace"
        )
        return [*fixed, "audit_seal", *sorted(name for (name,) in cursor.fetchall())]


def _birds_in_table(world: World, table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t::text FROM {table} t")
        text = "\n".join(row for (row,) in cursor.fetchall())
    return sorted(str(bird) for bird in world.aviary.found_in(text))


def _everything_in_cache() -> str:
    """Return every key and value of the server that holds cache and queue."""
    server = redis.Redis.from_url(settings.REDIS_URL)
    readers = {
        b"string": lambda key: [server.get(key)],
        b"list": lambda key: server.lrange(key, 0, -1),
        b"hash": lambda key: list(itertools.chain(*server.hgetall(key).items())),
        b"set": lambda key: list(server.smembers(key)),
        b"zset": lambda key: [name for name, _ in server.zscan_iter(key)],
    }
    found: list[bytes] = []
    for key in server.scan_iter():
        found += [key, *(value or b"" for value in readers[server.type(key)](key))]
    server.close()
    return b"\n".join(found).decode("utf-8", "replace")
