"""What each defect of an authorization stands for in law, and how the requester mends it."""

from __future__ import annotations

from dataclasses import dataclass

from requests_release.enums import AuthorizationDefect

_D = AuthorizationDefect


@dataclass(frozen=True)
class DefectRule:
    """Which element of the law a defect stands for, and how the requester mends it."""

    defect: AuthorizationDefect
    rule: str
    cite: str
    cure: str


DEFECT_RULES: dict[AuthorizationDefect, DefectRule] = {
    row.defect: row
    for row in (
        DefectRule(
            _D.NO_SCOPE,
            "AUTH-E1",
            "164.508(c)(1)(i)",
            "Say which records, and of which dates.",
        ),
        DefectRule(
            _D.WRONG_DISCLOSER,
            "AUTH-E2",
            "164.508(c)(1)(ii)",
            "Name our facility as the one that may disclose.",
        ),
        DefectRule(
            _D.RECIPIENT_MISMATCH,
            "AUTH-E3",
            "164.508(c)(1)(iii)",
            "Name the person or office that is to receive the copies.",
        ),
        DefectRule(_D.NO_PURPOSE, "AUTH-E4", "164.508(c)(1)(iv)", "Say what the copies are for."),
        DefectRule(
            _D.NO_EXPIRY,
            "AUTH-E5",
            "164.508(c)(1)(v)",
            "Give a date or an event with which it ends.",
        ),
        DefectRule(_D.NO_SIGNATURE, "AUTH-E6", "164.508(c)(1)(vi)", "Sign and date the form."),
        DefectRule(
            _D.NO_AUTHORITY,
            "AUTH-E6",
            "164.508(c)(1)(vi)",
            "Describe the authority to sign for the patient, and enclose its proof.",
        ),
        DefectRule(
            _D.NO_REVOKE_STMT,
            "AUTH-S1",
            "164.508(c)(2)(i)",
            "Use a form that tells of the right to revoke, and how.",
        ),
        DefectRule(
            _D.NO_CONDITION_STMT,
            "AUTH-S2",
            "164.508(c)(2)(ii)",
            "Use a form that says whether treatment or payment depends on it.",
        ),
        DefectRule(
            _D.NO_REDISCLOSE_STMT,
            "AUTH-S3",
            "164.508(c)(2)(iii)",
            "Use a form that warns of redisclosure by the recipient.",
        ),
        DefectRule(_D.NOT_PLAIN, "AUTH-P1", "164.508(c)(3)", "Use a form in plain language."),
        DefectRule(
            _D.NO_COPY_GIVEN,
            "AUTH-P2",
            "164.508(c)(4)",
            "We owe the patient a copy of the signed form.",
        ),
        DefectRule(
            _D.NO_REMUNERATION_STMT,
            "AUTH-M1",
            "164.508(a)(3)-(4)",
            "Use a form that says that payment is received for it.",
        ),
        DefectRule(_D.EXPIRED, "AUTH-D1", "164.508(b)(2)(i)", "Sign a new form."),
        DefectRule(_D.REVOKED, "AUTH-D3", "164.508(b)(2)(iii)", "Sign a new form."),
        DefectRule(
            _D.COMPOUND,
            "AUTH-D4",
            "164.508(b)(3)",
            "Sign a form of its own for psychotherapy or counseling notes.",
        ),
        DefectRule(
            _D.CONDITIONED,
            "AUTH-D5",
            "164.508(b)(4)",
            "Sign a form on which neither treatment nor payment depends.",
        ),
        DefectRule(_D.KNOWN_FALSE, "AUTH-D6", "164.508(b)(2)(v)", "Sign a correct form."),
        DefectRule(
            _D.BEYOND_SCOPE,
            "AUTH-D7",
            "164.508(a)(1)",
            "Ask for less, or sign a form that covers all that is asked for.",
        ),
        DefectRule(
            _D.NO_CATEGORY_WORDS,
            "AUTH-D8",
            "state law, 42 CFR 2.31",
            "Name the protected kinds of record on the form.",
        ),
    )
}
