"""A fresh proof is asked for by whoever registered how, and by nobody else."""

import pytest
from django.http import HttpResponse

from audit import proofs


def view(request, name="none"):
    return HttpResponse(f"inside {name}")


@pytest.fixture
def asked(monkeypatch):
    """Ask as a room would, and note what was looked at first."""
    found = []

    def ask(request, first):
        if request == "fresh":
            return None
        found.append(first())
        return HttpResponse("prove it")

    monkeypatch.setattr(proofs, "_ask", proofs._ask)
    proofs.register(ask)
    return found


def test_who_has_proved_it_is_let_in_and_nothing_is_looked_at_first(asked):
    checked = proofs.fresh_proof_required(first=lambda request: "seen")(view)

    assert (checked("fresh").content, asked) == (b"inside none", [])


def test_who_has_not_is_asked_after_what_stands_in_the_way(asked):
    checked = proofs.fresh_proof_required(first=lambda request, name: f"{request} {name}")(view)

    assert (checked("stale", name="ana").content, asked) == (b"prove it", ["stale ana"])
    assert checked.needs_fresh_sign_in == ("GET", "HEAD", "POST")


@pytest.mark.goal("G-18")
def test_nobody_is_let_in_where_nobody_asks(monkeypatch):
    monkeypatch.setattr(proofs, "_ask", proofs._nobody)

    with pytest.raises(proofs.NobodyAsks):
        proofs.fresh_proof_required(first=lambda request: None)(view)("anybody")
