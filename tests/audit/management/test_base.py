import json
from datetime import date

import psycopg2
import pytest
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError
from psycopg2.errors import UndefinedColumn, UndefinedTable

from audit.management.base import BadInput, JsonCommand, parse_date


class Weigh(JsonCommand):
    help = "Weigh something."

    def add_own_arguments(self, parser):
        parser.add_argument("--grams", type=int, required=True)

    def run(self, **options):
        if options["grams"] < 0:
            raise BadInput("Nothing weighs less\nthan nothing")
        return {"grams": options["grams"], "on": date(2026, 11, 23), "parts": [1]}

    def has_finding(self, result):
        return result["grams"] > 100


class Plain(JsonCommand):
    def run(self, **options):
        return {"parts": {}}


def weigh(*arguments):
    call_command(Weigh(), *arguments)


def test_json_is_one_object_on_the_last_line(capsys):
    weigh("--grams", "5", "--json")

    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last) == {"grams": 5, "on": "2026-11-23", "parts": [1]}


def test_words_are_for_people(capsys):
    weigh("--grams", "5")

    assert capsys.readouterr().out == "grams: 5\non: 2026-11-23\n"


def test_finding_ends_with_1_after_the_answer(capsys):
    with pytest.raises(SystemExit) as left:
        weigh("--grams", "101", "--json")

    assert left.value.code == 1
    assert json.loads(capsys.readouterr().out)["grams"] == 101


@pytest.mark.parametrize(
    "arguments, line",
    [
        (["--grams", "-1"], "Nothing weighs less than nothing\n"),
        (["--grams", "x"], "argument --grams: invalid int value: 'x'\n"),
        ([], "the following arguments are required: --grams\n"),
        (["--grams", "1", "--tons", "2"], "unrecognized arguments: --tons 2\n"),
    ],
)
def test_bad_input_ends_with_2_and_one_line(capsys, arguments, line):
    with pytest.raises(SystemExit) as left:
        Weigh().run_from_argv(["manage.py", "weigh", *arguments])

    caught = capsys.readouterr()
    assert (left.value.code, caught.err, caught.out) == (2, line, "")


def test_command_without_arguments_and_findings_ends_well(capsys):
    call_command(Plain())

    assert capsys.readouterr().out == ""


def test_command_must_say_what_it_does():
    with pytest.raises(NotImplementedError):
        call_command(JsonCommand())


@pytest.mark.parametrize("text, expected", [(None, None), ("2026-11-23", date(2026, 11, 23))])
def test_date_is_read(text, expected):
    assert parse_date("--on", text) == expected


@pytest.mark.parametrize("text", ["", "today", "2026-13-01", "11/23/2026"])
def test_date_that_is_none_is_refused(text):
    with pytest.raises(BadInput, match="--on must be a date as YYYY-MM-DD"):
        parse_date("--on", text)


class Broken(JsonCommand):
    def run(self, **options):
        raise self.error


def database_error(kind, cause, words):
    error = kind(words)
    error.__cause__ = cause(words)
    return error


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            database_error(OperationalError, psycopg2.OperationalError, "refused\nis it up?"),
            "The database does not answer: refused is it up?\n",
        ),
        (
            database_error(ProgrammingError, UndefinedTable, "no relation"),
            "The tables are not those of this version; run manage.py migrate first\n",
        ),
        (
            database_error(ProgrammingError, UndefinedColumn, "no column"),
            "The tables are not those of this version; run manage.py migrate first\n",
        ),
    ],
)
def test_database_that_cannot_be_used_is_told_in_one_line(capsys, error, line):
    command = Broken()
    command.error = error

    with pytest.raises(SystemExit) as left:
        call_command(command)

    assert left.value.code == 2
    assert capsys.readouterr().err == line


def test_wrong_statement_of_ours_is_not_taken_for_bad_input():
    command = Broken()
    command.error = database_error(ProgrammingError, SyntaxError, "near FROM")

    with pytest.raises(ProgrammingError, match="near FROM"):
        call_command(command)
