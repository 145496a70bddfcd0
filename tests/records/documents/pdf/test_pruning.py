import pytest

from records.documents.pdf import pruning


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"/Im0 Do /F1 12 Tf", {b"Im0", b"F1"}),
        (b"/A#42 Do", {b"AB"}),
        (b"(/Not \\) /Not) Tj /Yes gs", {b"Yes"}),
        (b"/A/B<</C 1>>[/D]", {b"A", b"B", b"C", b"D"}),
        (b"", set()),
    ],
)
def test_names_in_drawing_instructions(content, names):
    assert pruning.names_in(content) == names
