"""Bars of a team's queues: to one scale, cut off after the largest."""

from config import team
from config.team import Bar
from records.access.worklists import Load, TeamQueue


def load(who, waiting, late=0):
    return Load(who, waiting, late, f"/{who}/", f"/{who}/late/")


def test_bars_of_all_queues_have_one_scale():
    ana, ben, nobody = load("Ana", 200, 50), load("Ben", 1, 1), load("", 20)
    queues = [
        TeamQueue("One", "/one/", (ana, ben)),
        TeamQueue("Empty", "/empty/", ()),
        TeamQueue("Two", "/two/", (nobody,)),
    ]

    drawn = team.draw(queues)

    assert [(one.queue.name, one.bars) for one in drawn] == [
        ("One", [Bar(ana, 100, 25), Bar(ben, 1, 1)]),
        ("Two", [Bar(nobody, 10, 0)]),
    ]


def test_people_beyond_the_largest_are_told_as_a_number():
    loads = tuple(load(f"n{at}", 20 - at) for at in range(team.MOST_BARS + 2))

    (drawn,) = team.draw([TeamQueue("One", "/one/", loads)])

    assert [bar.load for bar in drawn.bars] == list(loads[: team.MOST_BARS])
    assert (drawn.others, drawn.left) == (2, 12 + 11)


def test_nothing_that_waits_draws_nothing():
    assert team.draw([]) == []
    assert team.draw([TeamQueue("One", "/one/", ())]) == []
