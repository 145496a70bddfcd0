"""How an action is told in FHIR R4: IHE Basic Audit Log Patterns (ITI BALP 1.1).

A pattern says whether something was read, made, changed, removed, looked for or given out, and who
stands in which part of it. What BALP has no pattern for is told by DICOM's codes alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from audit.enums import Action, Outcome, Purpose

DICOM = "http://dicom.nema.org/resources/ontology/DCM"
REST = ("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "Restful Operation")
INTERACTION = "http://hl7.org/fhir/restful-interaction"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
PROFILE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."

Coding = tuple[str, str, str]
SOURCE: Coding = (DICOM, "110153", "Source Role ID")
DESTINATION: Coding = (DICOM, "110152", "Destination Role ID")
APPLICATION: Coding = (DICOM, "110150", "Application")
CUSTODIAN: Coding = (
    "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
    "custodian",
    "Custodian",
)
READER: Coding = (PARTICIPATION, "IRCP", "information recipient")
AUTHOR: Coding = (PARTICIPATION, "AUT", "author (originator)")
RESPONSIBLE: Coding = (PARTICIPATION, "RESP", "responsible party")
RECORDS_CLERK: Coding = ("http://snomed.info/sct", "159541003", "Record keeping/library clerk")
SIGN_IN: Coding = (DICOM, "110114", "User Authentication")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a kind of action is called, and which part its people and machines have in it.

    `letter` is FHIR's action: C, R, U, D or E. `profile` is empty where BALP has none; `client`
    is the machine at which somebody works, `server` this one.
    """

    type: Coding
    subtype: Coding | None
    letter: str
    user: Coding | None
    client: Coding
    server: Coding
    profile: str = ""
    is_query: bool = False
    is_disclosure: bool = False

    def profile_url(self, outcome: str, *, has_patient: bool) -> str:
        """Return the profile that an event conforms to; refusals and failures have none.

        A disclosure without its patient conforms to none either.
        """
        is_bare_disclosure = self.is_disclosure and not has_patient
        if not self.profile or outcome != Outcome.SUCCESS or is_bare_disclosure:
            return ""
        prefix = "Patient" if has_patient and not self.is_disclosure else ""
        return f"{PROFILE}{prefix}{self.profile}"


def _rest(name: str, letter: str, user: Coding, client: Coding, server: Coding) -> Pattern:
    code = "search-type" if name == "Query" else name.lower()
    subtype = (INTERACTION, code, code)
    return Pattern(REST, subtype, letter, user, client, server, name, is_query=name == "Query")


READ = _rest("Read", "R", READER, DESTINATION, SOURCE)
CREATE = _rest("Create", "C", AUTHOR, SOURCE, DESTINATION)
UPDATE = _rest("Update", "U", AUTHOR, SOURCE, DESTINATION)
DELETE = _rest("Delete", "D", AUTHOR, APPLICATION, CUSTODIAN)
# The one who asks is the source and who answers the destination, as DICOM has it.
QUERY = _rest("Query", "E", READER, SOURCE, DESTINATION)
DISCLOSURE = Pattern(
    type=(DICOM, "110106", "Export"),
    subtype=(
        "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle",
        "disclose",
        "Disclose Record Lifecycle Event",
    ),
    letter="R",
    user=RECORDS_CLERK,
    client=DESTINATION,
    server=SOURCE,
    profile="PrivacyDisclosure.Source",
    is_disclosure=True,
)
LOGIN = Pattern(SIGN_IN, (DICOM, "110122", "Login"), "E", None, SOURCE, DESTINATION)
LOGOUT = Pattern(SIGN_IN, (DICOM, "110123", "Logout"), "E", None, SOURCE, DESTINATION)
ACTIVITY = Pattern((DICOM, "110100", "Application Activity"), None, "E", None, SOURCE, DESTINATION)

_ACTIONS: dict[Pattern, tuple[Action, ...]] = {
    LOGIN: (
        Action.SIGNED_IN, Action.SIGN_IN_FAILED, Action.LOCKED_OUT, Action.REAUTHENTICATED,
        Action.SECOND_FACTOR_PASSED, Action.SECOND_FACTOR_FAILED, Action.RECOVERY_CODE_USED,
    ),
    LOGOUT: (Action.SIGNED_OUT, Action.SESSION_EXPIRED, Action.SESSION_REVOKED),
    READ: (
        Action.CHART_OPENED, Action.FACE_SHEET_PRINTED,
        Action.ENCOUNTER_VIEWED, Action.DOCUMENT_VIEWED, Action.DOCUMENT_PAGE_VIEWED,
        Action.DOCUMENT_PRINTED, Action.DOCUMENT_DOWNLOADED, Action.UNFILED_VIEWED,
        Action.GLASS_VIEWED, Action.REQUEST_VIEWED, Action.PACKAGE_CHECKED,
        Action.PACKAGE_DOWNLOADED, Action.ACCESS_VIEWED,
        Action.ACCOUNTING_PRINTED, Action.ACCOUNTING_VIEWED, Action.BATCH_VIEWED,
        Action.CERTIFICATE_PRINTED, Action.LOG_EXPORTED, Action.EXPORTED, Action.REPORT_VIEWED,
    ),
    QUERY: (
        Action.USERS_LISTED, Action.PATIENTS_SEARCHED, Action.PATIENTS_LISTED,
        Action.ENCOUNTERS_LISTED,
        Action.UNFILED_LISTED, Action.REQUESTS_LISTED, Action.RETENTION_LISTED,
        Action.LOG_VIEWED, Action.HOME_VIEWED,
    ),
    CREATE: (
        Action.SECOND_FACTOR_ADDED, Action.RECOVERY_CODES_MADE, Action.USER_CREATED,
        Action.ROLE_GRANTED, Action.RIGHT_GRANTED, Action.PATIENT_REGISTERED,
        Action.ENCOUNTER_PLANNED, Action.ENCOUNTER_ADMITTED,
        Action.ENCOUNTER_VISIT_RECORDED, Action.DOCUMENT_FILED, Action.UNFILED_RECEIVED,
        Action.UNFILED_FILED, Action.GLASS_BROKEN, Action.REQUEST_LOGGED, Action.ACCESS_ASKED,
        Action.AUTHORIZATION_RECORDED, Action.PACKAGE_ASSEMBLED,
        Action.PACKAGE_LINK_MADE, Action.PACKAGE_DELIVERED, Action.HOLD_PLACED,
        Action.BATCH_PROPOSED, Action.CERTIFICATE_ISSUED, Action.IMPORTED, Action.DEMO_SEEDED,
    ),
    UPDATE: (
        Action.PASSWORD_CHANGED, Action.USER_CHANGED, Action.USER_DISABLED, Action.USER_ENABLED,
        Action.SETTING_CHANGED, Action.SAVED_LIST_CHANGED, Action.PATIENT_CHANGED,
        Action.CHART_MOVED,
        Action.ENCOUNTER_TRANSFERRED, Action.ENCOUNTER_DISCHARGED, Action.ENCOUNTER_CANCELLED,
        Action.ENCOUNTER_CHANGED, Action.PROVIDER_CHANGED, Action.DOCUMENT_REPLACED,
        Action.DOCUMENT_MOVED, Action.DOCUMENT_VOIDED, Action.DOCUMENT_RESTORED,
        Action.DOCUMENT_CHANGED, Action.DOCUMENT_RECLASSIFIED, Action.UNFILED_RETURNED,
        Action.UNFILED_REJECTED, Action.UNFILED_DISCARDED, Action.GLASS_CLOSED,
        Action.GLASS_REVIEWED, Action.REQUESTER_CHANGED, Action.REQUEST_CHANGED,
        Action.REQUEST_ASSIGNED, Action.REQUEST_TAKEN_OVER, Action.REQUEST_VALIDATED,
        Action.REQUEST_HELD,
        Action.REQUEST_RESUMED, Action.REQUEST_SUBMITTED, Action.REQUEST_RETURNED,
        Action.REQUEST_APPROVED, Action.REQUEST_DENIED, Action.REQUEST_WITHDRAWN,
        Action.REQUEST_EXTENDED, Action.REQUEST_FULFILLED, Action.REQUEST_CLOSED,
        Action.AUTHORIZATION_REVOKED, Action.PACKAGE_RECALLED, Action.HOLD_CHANGED,
        Action.HOLD_LIFTED, Action.SCHEDULE_CHANGED, Action.BATCH_CHANGED,
        Action.BATCH_APPROVED, Action.BATCH_RETURNED, Action.BATCH_CANCELLED,
        Action.BATCH_STARTED, Action.BATCH_EXECUTED,
        Action.ACCESS_GRANTED, Action.ACCESS_DECLINED, Action.ACCESS_WITHDRAWN,
        Action.ACCESS_LAPSED,
    ),
    DELETE: (
        Action.SECOND_FACTOR_REMOVED, Action.ROLE_REVOKED, Action.RIGHT_REVOKED,
        Action.DOCUMENT_DESTROYED, Action.CHART_DESTROYED,
    ),
    DISCLOSURE: (Action.DISCLOSED,),
    ACTIVITY: (
        Action.VAULT_VERIFIED, Action.RETENTION_EVALUATED,
        Action.TRAIL_VERIFICATION_ASKED, Action.TRAIL_VERIFIED, Action.TRAIL_EPOCH_RAISED,
        Action.IMPORT_REJECTED, Action.JOB_FAILED,
        Action.PAGE_REQUESTED, Action.REFUSED,
    ),
}  # fmt: skip
PATTERNS: dict[str, Pattern] = {
    str(action): pattern for pattern, actions in _ACTIONS.items() for action in actions
}
# DICOM's own names for what a hospital looks for first.
NOTABLE: dict[str, Coding] = {
    Action.GLASS_BROKEN: (DICOM, "110127", "Emergency Override Started"),
    Action.GLASS_CLOSED: (DICOM, "110138", "Emergency Override Stopped"),
    Action.ROLE_GRANTED: (DICOM, "110136", "Security Roles Changed"),
    Action.ROLE_REVOKED: (DICOM, "110136", "Security Roles Changed"),
    Action.RIGHT_GRANTED: (DICOM, "110137", "User Security Attributes Changed"),
    Action.RIGHT_REVOKED: (DICOM, "110137", "User Security Attributes Changed"),
}
# http://terminology.hl7.org/CodeSystem/audit-event-outcome
OUTCOMES = {Outcome.SUCCESS: "0", Outcome.REFUSED: "4", Outcome.FAILED: "8"}
REASONS: dict[str, Coding] = {
    Purpose.TREATMENT: (ACT_REASON, "TREAT", "treatment"),
    Purpose.PAYMENT: (ACT_REASON, "HPAYMT", "healthcare payment"),
    Purpose.OPERATIONS: (ACT_REASON, "HOPERAT", "healthcare operations"),
    Purpose.RECORDS: (ACT_REASON, "RECORDMGT", "records management"),
    Purpose.RELEASE: (ACT_REASON, "RECORDMGT", "records management"),
    Purpose.OVERSIGHT: (ACT_REASON, "HCOMPL", "health compliance"),
    Purpose.PATIENT_REQUEST: (ACT_REASON, "PATRQT", "patient requested"),
    Purpose.EMERGENCY: (ACT_REASON, "ETREAT", "Emergency Treatment"),
    Purpose.PUBLIC_HEALTH: (ACT_REASON, "PUBHLTH", "public health"),
    Purpose.LEGAL: (ACT_REASON, "HLEGAL", "legal"),
    Purpose.RESEARCH: (ACT_REASON, "HRESCH", "healthcare research"),
    Purpose.RETENTION: (ACT_REASON, "RECORDMGT", "records management"),
}
