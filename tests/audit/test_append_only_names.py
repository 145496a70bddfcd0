import pytest

from audit.append_only import InsertOnly, TrackChanges


@pytest.mark.parametrize(
    "operation, count",
    [(InsertOnly("toy"), 2), (TrackChanges("toy"), 4), (InsertOnly("x" * 63), 2)],
)
def test_names_of_triggers_differ_and_fit(operation, count):
    names = list(operation.triggers())

    assert (len(names), len({name[:63] for name in names})) == (count, count)
    assert max(map(len, names)) <= 63
