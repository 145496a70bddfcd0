"""Findings of the release rules in words for the screen."""

from __future__ import annotations

from requests_release.rules.authorization import Caution
from requests_release.rules.sensitivity import Obstacle

OBSTACLE_WORDS = {
    Obstacle.NEVER_RELEASED: "{name} documents are never released. Take them out.",
    Obstacle.OUTSIDE_ACCESS: "{name}: outside the patient's right of access. Take them out.",
    Obstacle.NEEDS_OWN_FORM: "{name}: needs an authorization of its own, for nothing else.",
    Obstacle.NEEDS_WORDS: "{name}: the authorization must name this class.",
    Obstacle.NEEDS_PART2_CONSENT: "{name}: needs the patient's written consent, 42 CFR 2.31.",
    Obstacle.NEEDS_PART2_ORDER: "{name}: needs a court order under 42 CFR 2.64-2.66.",
    Obstacle.CONSENT_FOR_TPO_ONLY: "{name}: the consent covers treatment, payment and "
    "operations only.",
    Obstacle.NEEDS_REVIEW: "{name}: a licensed professional must look at it first.",
    Obstacle.NOT_TO_PARENT: "{name}: not for a parent without the minor's own consent.",
    Obstacle.NOT_TO_PLAN: "{name}: not for the health plan, at the patient's request.",
    Obstacle.NOT_FOR_UNDERWRITING: "{name}: not for underwriting.",
    Obstacle.GROUND_TOO_WEAK: "{name}: this ground does not carry it.",
}
CAUTION_WORDS = {
    Caution.OLD_SIGNATURE: "The form was signed more than a year ago.",
    Caution.DISABILITY_FORM_LAPSED: "The SSA-827 is older than twelve months.",
}
CHANGE_WORDS = {
    "DOCUMENT_CHANGED": "A document was moved, voided or replaced.",
    "AUTHORIZATION_CHANGED": "The authorization no longer carries the release.",
    "SENSITIVITY_CHANGED": "A document's class no longer allows the release.",
    "PREPARER_WITHOUT_RIGHT": "Its preparer no longer has a right to this chart.",
    "APPROVER_WITHOUT_RIGHT": "Its approver no longer has a right to this chart.",
    "REQUEST_CHANGED": "It is no longer complete.",
}
