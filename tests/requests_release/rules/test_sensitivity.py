from dataclasses import replace

import pytest

from records.access.enums import SensitivityClass
from requests_release.enums import AuthorizedPurpose, Notice, ReleaseBasis, RequesterKind
from requests_release.rules import sensitivity
from requests_release.rules.sensitivity import Circumstances, Obstacle

B = ReleaseBasis
O = Obstacle  # noqa: E741
PATIENT = Circumstances(B.ACCESS, RequesterKind.PATIENT)
ATTORNEY = Circumstances(B.AUTHORIZATION, RequesterKind.ATTORNEY)
DOCTOR = Circumstances(B.TREATMENT, RequesterKind.TREATING_PROVIDER)
PLAN = Circumstances(B.PAYMENT, RequesterKind.INSURER_PAYMENT)
COURT = Circumstances(B.COURT_ORDER, RequesterKind.COURT)
PARENT = Circumstances(B.ACCESS, RequesterKind.PERSONAL_REPRESENTATIVE)
SUBPOENA = Circumstances(B.SUBPOENA, RequesterKind.SUBPOENA)
POLICE = Circumstances(B.POLICE_PROCESS, RequesterKind.LAW_ENFORCEMENT)
PART2 = [Notice.PART2_PROHIBITION]
CONSENTED = [Notice.PART2_PROHIBITION, Notice.PART2_CONSENT_COPY]
STATE = [Notice.STATE_REDISCLOSURE]
TPO = AuthorizedPurpose.TREATMENT_PAYMENT_OPERATIONS


def named(facts, *classes, **change):
    return replace(facts, form_classes=frozenset(classes), **change)


def reviewed(facts, *classes):
    return replace(facts, reviewed=frozenset(classes))


@pytest.mark.goal("G-12")
@pytest.mark.parametrize(
    ("name", "facts", "obstacles", "notices"),
    [
        ("NORMAL", PATIENT, [], []),
        ("NORMAL", SUBPOENA, [], []),
        # Peer review never leaves.
        ("PEER_REVIEW", PATIENT, [O.NEVER_RELEASED], []),
        ("PEER_REVIEW", COURT, [O.NEVER_RELEASED], []),
        ("PEER_REVIEW", named(ATTORNEY, "PEER_REVIEW"), [O.NEVER_RELEASED], []),
        # Psychotherapy notes: a form of their own, five grounds, never an access copy.
        ("PSYCHNOTE", PATIENT, [O.OUTSIDE_ACCESS], []),
        ("PSYCHNOTE", replace(PATIENT, basis=B.DIRECTIVE), [O.OUTSIDE_ACCESS], []),
        ("PSYCHNOTE", ATTORNEY, [O.NEEDS_OWN_FORM], []),
        ("PSYCHNOTE", named(ATTORNEY, "PSYCHNOTE"), [], []),
        ("PSYCHNOTE", named(ATTORNEY, "PSYCHNOTE", "HIV"), [O.NEEDS_OWN_FORM], []),
        ("PSYCHNOTE", DOCTOR, [O.GROUND_TOO_WEAK], []),
        ("PSYCHNOTE", PLAN, [O.GROUND_TOO_WEAK], []),
        ("PSYCHNOTE", COURT, [O.GROUND_TOO_WEAK], []),
        ("PSYCHNOTE", SUBPOENA, [O.GROUND_TOO_WEAK], []),
        *(
            ("PSYCHNOTE", replace(COURT, basis=basis), [], [])
            for basis in (B.REQUIRED_BY_LAW, B.OVERSIGHT, B.CORONER, B.SERIOUS_THREAT, B.HHS)
        ),
        # Programme records: consent, Part 2 order, exceptions.
        ("SUD_P2", PATIENT, [], []),
        ("SUD_P2", ATTORNEY, [O.NEEDS_PART2_CONSENT], []),
        ("SUD_P2", named(ATTORNEY, "SUD_P2"), [], CONSENTED),
        ("SUD_P2", named(ATTORNEY, "SUD_P2", "HIV"), [], CONSENTED),
        ("SUD_P2", named(ATTORNEY, "SUD_P2", form_purpose=TPO), [O.CONSENT_FOR_TPO_ONLY], []),
        ("SUD_P2", DOCTOR, [O.NEEDS_PART2_CONSENT], []),
        ("SUD_P2", named(DOCTOR, "SUD_P2", form_purpose=TPO), [], CONSENTED),
        ("SUD_P2", replace(DOCTOR, is_emergency=True), [], PART2),
        ("SUD_P2", PLAN, [O.NEEDS_PART2_CONSENT], []),
        ("SUD_P2", named(PLAN, "SUD_P2", form_purpose=TPO), [], CONSENTED),
        ("SUD_P2", COURT, [O.NEEDS_PART2_ORDER], []),
        ("SUD_P2", replace(COURT, has_part2_order=True), [], PART2),
        ("SUD_P2", SUBPOENA, [O.NEEDS_PART2_ORDER], []),
        ("SUD_P2", replace(SUBPOENA, has_part2_order=True), [], PART2),
        ("SUD_P2", POLICE, [O.NEEDS_PART2_ORDER], []),
        ("SUD_P2", replace(COURT, basis=B.PUBLIC_HEALTH), [O.GROUND_TOO_WEAK], []),
        ("SUD_P2", replace(COURT, basis=B.REQUIRED_BY_LAW), [O.GROUND_TOO_WEAK], []),
        *(
            ("SUD_P2", replace(COURT, basis=basis), [], PART2)
            for basis in (B.CHILD_ABUSE, B.POLICE_PREMISES, B.RESEARCH, B.OVERSIGHT, B.HHS)
        ),
        # Counselling notes: stricter still.
        ("SUD_COUNSELING", PATIENT, [O.OUTSIDE_ACCESS], []),
        ("SUD_COUNSELING", ATTORNEY, [O.NEEDS_PART2_CONSENT], []),
        ("SUD_COUNSELING", named(ATTORNEY, "SUD_COUNSELING"), [], CONSENTED),
        ("SUD_COUNSELING", named(ATTORNEY, "SUD_COUNSELING", "SUD_P2"), [O.NEEDS_OWN_FORM], []),
        ("SUD_COUNSELING", replace(COURT, basis=B.OVERSIGHT), [O.GROUND_TOO_WEAK], []),
        # Classes that an authorization must name.
        *(
            row
            for name in ("HIV", "STI", "GENETIC")
            for row in (
                (name, PATIENT, [], []),
                (name, ATTORNEY, [O.NEEDS_WORDS], []),
                (name, named(ATTORNEY, name), [], STATE),
                (name, DOCTOR, [], STATE),
                (name, COURT, [], STATE),
                (name, SUBPOENA, [O.NEEDS_WORDS], []),
                (name, PLAN, [O.NEEDS_WORDS], []),
            )
        ),
        (
            "GENETIC",
            named(ATTORNEY, "GENETIC", form_purpose=AuthorizedPurpose.ENROLLMENT),
            [O.NOT_FOR_UNDERWRITING],
            [],
        ),
        # Mental health: words, and a look before the patient gets it.
        ("MH", PATIENT, [O.NEEDS_REVIEW], []),
        ("MH", reviewed(PATIENT, "MH"), [], []),
        ("MH", ATTORNEY, [O.NEEDS_WORDS], []),
        ("MH", named(ATTORNEY, "MH"), [], STATE),
        ("MH", DOCTOR, [], STATE),
        # What a minor consented to alone.
        ("MINOR_CONSENTED", PATIENT, [], []),
        ("MINOR_CONSENTED", PARENT, [O.NOT_TO_PARENT], []),
        ("MINOR_CONSENTED", named(PARENT, "MINOR_CONSENTED"), [], []),
        ("MINOR_CONSENTED", DOCTOR, [], []),
        ("MINOR_CONSENTED", ATTORNEY, [O.NEEDS_WORDS], []),
        # Shield laws.
        ("REPRO", PATIENT, [], []),
        ("REPRO", DOCTOR, [], []),
        ("REPRO", ATTORNEY, [], []),
        ("REPRO", SUBPOENA, [O.NEEDS_REVIEW], []),
        ("REPRO", COURT, [O.NEEDS_REVIEW], []),
        ("REPRO", reviewed(COURT, "REPRO"), [], []),
        # Looked at before anything leaves.
        *(
            row
            for name in ("ABUSE_REPORT", "FORENSIC_SA", "THIRD_PARTY_CONF")
            for row in (
                (name, PATIENT, [O.NEEDS_REVIEW], []),
                (name, reviewed(PATIENT, name), [], []),
                (name, ATTORNEY, [O.NEEDS_REVIEW], []),
                (name, SUBPOENA, [O.NEEDS_REVIEW], []),
                (name, DOCTOR, [], []),
                (name, replace(COURT, basis=B.CHILD_ABUSE), [], []),
            )
        ),
        # Paid in full, not for the plan.
        ("RESTRICTED_522", PLAN, [O.NOT_TO_PLAN], []),
        (
            "RESTRICTED_522",
            Circumstances(B.OPERATIONS, RequesterKind.INSURER_PAYMENT),
            [O.NOT_TO_PLAN],
            [],
        ),
        ("RESTRICTED_522", replace(PLAN, basis=B.REQUIRED_BY_LAW), [], []),
        ("RESTRICTED_522", DOCTOR, [], []),
        ("RESTRICTED_522", PATIENT, [], []),
    ],
)
def test_each_class_meets_each_ground(name, facts, obstacles, notices):
    ruling = sensitivity.rule_on(name, facts)

    assert list(ruling.obstacles) == obstacles
    assert list(ruling.notices) == notices
    assert ruling.is_released is (not obstacles)
    assert ruling.rule
    assert ruling.cite


@pytest.mark.goal("G-12")
@pytest.mark.parametrize("basis", ReleaseBasis)
@pytest.mark.parametrize("name", SensitivityClass)
def test_nothing_protected_slips_out_on_a_bare_subpoena_or_request(name, basis):
    """Without words, review, order or consent, only the grounds of the tables let a class go."""
    ruling = sensitivity.rule_on(name, Circumstances(basis, RequesterKind.SUBPOENA))

    if basis in (B.SUBPOENA, B.POLICE_ADMINISTRATIVE, B.POLICE_LOCATE, B.WORKERS_COMP):
        assert ruling.is_released is (name in ("NORMAL", "RESTRICTED_522"))


def test_rulings_come_in_the_order_of_classes_and_notices_once():
    facts = named(ATTORNEY, "SUD_P2", "HIV", "STI")

    rulings = sensitivity.rule_on_all(["STI", "HIV", "SUD_P2", "NORMAL"], facts)

    assert [ruling.sensitivity for ruling in rulings] == ["NORMAL", "SUD_P2", "HIV", "STI"]
    assert sensitivity.notices_for(rulings) == [
        Notice.PART2_PROHIBITION,
        Notice.PART2_CONSENT_COPY,
        Notice.STATE_REDISCLOSURE,
    ]


def test_an_unknown_class_is_refused():
    with pytest.raises(ValueError, match="VIP"):
        sensitivity.rule_on("VIP", PATIENT)
