from dataclasses import replace
from datetime import date

import pytest

from requests_release.enums import AuthorizationDefect, AuthorizedPurpose, RequesterKind
from requests_release.rules import authorization
from requests_release.rules.authorization import Caution, ReleaseWanted, SignedForm
from requests_release.rules.defects import DEFECT_RULES

TODAY = date(2026, 3, 15)
D = AuthorizationDefect
P = AuthorizedPurpose
FORM = SignedForm(
    scope="Hospital records of the stay",
    scope_from=date(2025, 1, 1),
    scope_until=date(2025, 12, 31),
    recipients=("Hale & Partners, LLP", "Ortiz Law"),
    purpose=P.LEGAL,
    signed_on=date(2026, 2, 1),
    expires_on=date(2026, 3, 31),
    names_us=True,
    has_revocation_statement=True,
    has_condition_statement=True,
    has_redisclosure_statement=True,
    is_plain=True,
)
RELEASE = ReleaseWanted(
    "hale partners llp",
    frozenset({"NORMAL"}),
    date(2025, 3, 1),
    date(2025, 3, 9),
)
REP = {
    "is_signed_by_patient": False,
    "signer_name": "Ana Muñoz",
    "authority": "guardian",
    "is_authority_proven": True,
}


def defects(form_change=None, release_change=None, today=TODAY):
    return authorization.find_defects(
        replace(FORM, **(form_change or {})),
        replace(RELEASE, **(release_change or {})),
        today=today,
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"scope": " "}, [D.NO_SCOPE]),
        ({"names_us": False}, [D.WRONG_DISCLOSER]),
        ({"recipients": ("Somebody Else",)}, [D.RECIPIENT_MISMATCH]),
        ({"recipients": ()}, [D.RECIPIENT_MISMATCH]),
        ({"purpose": ""}, [D.NO_PURPOSE]),
        ({"purpose": P.PATIENT_REQUEST}, []),
        (
            {"purpose": P.PATIENT_REQUEST, "is_sought_by_us": True, "is_copy_given": True},
            [D.NO_PURPOSE],
        ),
        ({"expires_on": None}, [D.NO_EXPIRY]),
        ({"expires_on": None, "expiry_event": "end of the suit"}, []),
        ({"expires_on": None, "expiry_event": "none"}, [D.NO_EXPIRY]),
        ({"expires_on": None, "expiry_event": "None", "purpose": P.RESEARCH}, []),
        ({"expires_on": None, "expiry_event": "End of study", "purpose": P.RESEARCH}, []),
        (
            {
                "expires_on": None,
                "expiry_event": "none",
                "purpose": P.TREATMENT_PAYMENT_OPERATIONS,
                "classes": frozenset({"SUD_P2"}),
            },
            [],
        ),
        (
            {
                "expires_on": None,
                "expiry_event": "none",
                "purpose": P.TREATMENT_PAYMENT_OPERATIONS,
            },
            [D.NO_EXPIRY],
        ),
        ({"expiry_event": "none"}, []),
        ({"signed_on": None}, [D.NO_SIGNATURE]),
        ({"signed_on": date(2026, 3, 16)}, [D.NO_SIGNATURE]),
        ({"signed_on": TODAY}, []),
        (REP, []),
        (REP | {"signer_name": ""}, [D.NO_SIGNATURE]),
        (REP | {"authority": ""}, [D.NO_AUTHORITY]),
        (REP | {"is_authority_proven": False}, [D.NO_AUTHORITY]),
        ({"has_revocation_statement": False}, [D.NO_REVOKE_STMT]),
        ({"has_condition_statement": False}, [D.NO_CONDITION_STMT]),
        ({"has_redisclosure_statement": False}, [D.NO_REDISCLOSE_STMT]),
        ({"is_plain": False}, [D.NOT_PLAIN]),
        ({"is_sought_by_us": True}, [D.NO_COPY_GIVEN]),
        ({"is_sought_by_us": True, "is_copy_given": True}, []),
        ({"purpose": P.MARKETING}, [D.NO_REMUNERATION_STMT]),
        ({"purpose": P.SALE}, [D.NO_REMUNERATION_STMT]),
        ({"purpose": P.SALE, "has_remuneration_statement": True}, []),
        ({"has_event_occurred": True}, [D.EXPIRED]),
        ({"revoked_on": date(2026, 3, 15)}, [D.REVOKED]),
        ({"revoked_on": date(2026, 3, 16)}, []),
        ({"is_known_false": True}, [D.KNOWN_FALSE]),
        ({"is_combined": True}, []),
        ({"is_conditioned": True}, [D.CONDITIONED]),
        ({"is_conditioned": True, "purpose": P.RESEARCH}, []),
        ({"is_conditioned": True, "purpose": P.ENROLLMENT}, []),
        ({"is_conditioned": True, "purpose": P.THIRD_PARTY_EXAM}, []),
        ({"is_conditioned": True, "is_combined": True}, [D.COMPOUND, D.CONDITIONED]),
        ({"is_conditioned": True, "is_combined": True, "purpose": P.RESEARCH}, []),
        ({"is_conditioned": True, "is_combined": True, "purpose": P.ENROLLMENT}, [D.COMPOUND]),
        (
            {"purpose": P.PROCEEDINGS_AGAINST_PATIENT, "is_combined": True},
            [],
        ),
        (
            {
                "purpose": P.PROCEEDINGS_AGAINST_PATIENT,
                "is_combined": True,
                "classes": frozenset({"SUD_P2"}),
            },
            [D.COMPOUND],
        ),
    ],
)
def test_each_element_of_the_form_has_its_defect(change, expected):
    assert defects(change) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 3, 30), []),
        (date(2026, 3, 31), []),
        (date(2026, 4, 1), [D.EXPIRED]),
    ],
)
def test_a_form_holds_through_its_day_of_expiry(today, expected):
    assert defects(today=today) == expected


EARLIER, SIGNED, LATER = date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 2)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({}, set()),
        ({"signed_on": SIGNED}, set()),
        ({"signed_on": None, "expires_on": EARLIER, "revoked_on": EARLIER}, set()),
        ({"signed_on": SIGNED, "expires_on": EARLIER}, {"expires_on"}),
        ({"signed_on": SIGNED, "expires_on": SIGNED}, set()),
        ({"signed_on": SIGNED, "expires_on": LATER}, set()),
        ({"signed_on": SIGNED, "revoked_on": EARLIER}, {"revoked_on"}),
        ({"signed_on": SIGNED, "revoked_on": SIGNED}, set()),
        ({"signed_on": SIGNED, "expires_on": LATER, "revoked_on": LATER}, set()),
        (
            {"signed_on": SIGNED, "expires_on": EARLIER, "revoked_on": EARLIER},
            {"expires_on", "revoked_on"},
        ),
        # A day may be typed with the wrong year: the last of December before, the next January.
        ({"signed_on": date(2026, 1, 1), "expires_on": date(2025, 12, 31)}, {"expires_on"}),
        ({"signed_on": date(2024, 2, 29), "expires_on": date(2025, 2, 28)}, set()),
    ],
)
def test_a_form_neither_ends_nor_is_revoked_before_it_was_signed(days, expected):
    found = authorization.find_disorder(**({"signed_on": None} | days))

    assert found == {name: authorization.DISORDER_WORDS[name] for name in expected}


@pytest.mark.parametrize(
    ("form_change", "release_change", "expected"),
    [
        ({}, {"service_from": date(2024, 12, 31)}, [D.BEYOND_SCOPE]),
        ({}, {"service_until": date(2026, 1, 1)}, [D.BEYOND_SCOPE]),
        ({}, {"service_from": date(2025, 1, 1), "service_until": date(2025, 12, 31)}, []),
        ({"scope_from": None, "scope_until": None}, {"service_from": date(1990, 1, 1)}, []),
        ({}, {"service_from": None, "service_until": None}, []),
        ({}, {"classes": frozenset({"NORMAL", "HIV"})}, [D.NO_CATEGORY_WORDS]),
        (
            {"classes": frozenset({"HIV", "MH"})},
            {"classes": frozenset({"NORMAL", "HIV"})},
            [],
        ),
        ({}, {"classes": frozenset({"REPRO", "THIRD_PARTY_CONF"})}, []),
    ],
)
def test_a_release_stays_inside_the_form(form_change, release_change, expected):
    assert defects(form_change, release_change) == expected


@pytest.mark.parametrize(
    ("form_change", "classes", "expected"),
    [
        ({"classes": frozenset({"PSYCHNOTE"})}, {"PSYCHNOTE"}, []),
        ({"classes": frozenset({"PSYCHNOTE"}), "is_combined": True}, {"PSYCHNOTE"}, [D.COMPOUND]),
        ({"classes": frozenset({"PSYCHNOTE", "HIV"})}, {"PSYCHNOTE"}, [D.COMPOUND]),
        ({"classes": frozenset({"PSYCHNOTE"})}, {"PSYCHNOTE", "NORMAL"}, [D.BEYOND_SCOPE]),
        ({}, {"PSYCHNOTE"}, [D.NO_CATEGORY_WORDS]),
        ({"classes": frozenset({"SUD_COUNSELING"})}, {"SUD_COUNSELING"}, []),
        ({"classes": frozenset({"SUD_COUNSELING", "SUD_P2"})}, {"SUD_P2"},
         [D.COMPOUND, D.BEYOND_SCOPE]),
        (
            {
                "classes": frozenset({"PSYCHNOTE"}),
                "is_conditioned": True,
                "purpose": P.ENROLLMENT,
            },
            {"PSYCHNOTE"},
            [D.CONDITIONED],
        ),
    ],
)  # fmt: skip
def test_session_notes_need_a_form_of_their_own(form_change, classes, expected):
    assert defects(form_change, {"classes": frozenset(classes)}) == expected


def test_an_empty_form_lacks_everything_at_once():
    found = authorization.find_defects(SignedForm(), RELEASE, today=TODAY)

    assert found == [
        D.NO_SCOPE,
        D.WRONG_DISCLOSER,
        D.RECIPIENT_MISMATCH,
        D.NO_PURPOSE,
        D.NO_EXPIRY,
        D.NO_SIGNATURE,
        D.NO_REVOKE_STMT,
        D.NO_CONDITION_STMT,
        D.NO_REDISCLOSE_STMT,
        D.NOT_PLAIN,
    ]


@pytest.mark.parametrize(
    ("signed_on", "requester", "expected"),
    [
        (date(2025, 3, 15), RequesterKind.ATTORNEY, []),
        (date(2025, 3, 14), RequesterKind.ATTORNEY, [Caution.OLD_SIGNATURE]),
        (date(2025, 3, 15), RequesterKind.SSA_DDS, []),
        (
            date(2025, 3, 14),
            RequesterKind.SSA_DDS,
            [Caution.OLD_SIGNATURE, Caution.DISABILITY_FORM_LAPSED],
        ),
        (None, RequesterKind.SSA_DDS, []),
    ],
)
def test_old_signatures_are_looked_at_again(signed_on, requester, expected):
    form = replace(FORM, signed_on=signed_on)

    assert authorization.find_cautions(form, requester, today=TODAY) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hale & Partners, LLP", "HALE PARTNERS LLP"), ("Straße 1", "STRASSE 1"), ("", " , ")],
)
def test_recipients_are_compared_without_case_and_punctuation(one, other):
    assert authorization.recipient_form(one) == authorization.recipient_form(other)


def test_a_nameless_recipient_matches_nothing():
    assert defects({"recipients": ("",)}, {"recipient": ""}) == [D.RECIPIENT_MISMATCH]


@pytest.mark.parametrize("defect", AuthorizationDefect)
def test_every_defect_says_what_law_and_how_to_mend_it(defect):
    row = DEFECT_RULES[defect]

    assert row.rule.startswith("AUTH-")
    assert row.cite
    assert row.cure.endswith(".")
