"""Choices of requests, authorizations, packages and disclosures."""

from __future__ import annotations

from django.db import models


class RequesterKind(models.TextChoices):
    PATIENT = "PATIENT", "Patient"
    PERSONAL_REPRESENTATIVE = "PERSONAL_REPRESENTATIVE", "Personal representative or parent"
    DIRECTED_PARTY = "DIRECTED_PARTY", "Third party named by the patient"
    ATTORNEY = "ATTORNEY", "Attorney for the patient"
    INSURER_PAYMENT = "INSURER_PAYMENT", "Insurer, for payment of our claim"
    INSURER_UNDERWRITING = "INSURER_UNDERWRITING", "Insurer: life, disability, underwriting"
    TREATING_PROVIDER = "TREATING_PROVIDER", "Treating provider"
    COURT = "COURT", "Court or tribunal"
    SUBPOENA = "SUBPOENA", "Party with a subpoena"
    LAW_ENFORCEMENT = "LAW_ENFORCEMENT", "Law enforcement"
    PUBLIC_HEALTH = "PUBLIC_HEALTH", "Public health or protective service"
    OVERSIGHT = "OVERSIGHT", "Health oversight"
    WORKERS_COMP = "WORKERS_COMP", "Workers' compensation"
    SSA_DDS = "SSA_DDS", "Social Security disability"
    RESEARCHER = "RESEARCHER", "Researcher"
    CORONER = "CORONER", "Coroner or medical examiner"
    FUNERAL_OR_PROCUREMENT = "FUNERAL_OR_PROCUREMENT", "Funeral director or organ procurement"
    EMPLOYER = "EMPLOYER", "Employer"
    SCHOOL = "SCHOOL", "School"
    FAMILY = "FAMILY", "Family or friend"
    BUSINESS_ASSOCIATE = "BUSINESS_ASSOCIATE", "Business associate"
    HHS = "HHS", "Department of Health and Human Services"


class RequestKind(models.TextChoices):
    ACCESS = "ACCESS", "Access to the own record"
    DISCLOSURE = "DISCLOSURE", "Disclosure to another"
    AMENDMENT = "AMENDMENT", "Amendment"
    ACCOUNTING = "ACCOUNTING", "Accounting of disclosures"


class ReleaseBasis(models.TextChoices):
    """The lawful ground of a release; the value is the paragraph of 45 CFR 164."""

    ACCESS = "524", "Patient's right of access"
    DIRECTIVE = "524C3II", "Patient directs an electronic copy to a third party"
    AUTHORIZATION = "508", "Authorization"
    TREATMENT = "506_TREATMENT", "Treatment"
    PAYMENT = "506_PAYMENT", "Payment"
    OPERATIONS = "506_OPERATIONS", "Health-care operations"
    DIRECTORY = "510A", "Facility directory"
    INVOLVED_IN_CARE = "510B", "Persons involved in care, notification, disaster relief"
    REQUIRED_BY_LAW = "512A", "Required by law"
    PUBLIC_HEALTH = "512B1I", "Public health authority"
    CHILD_ABUSE = "512B1II", "Child abuse or neglect"
    FDA_PRODUCT = "512B1III", "FDA-regulated product"
    COMMUNICABLE_DISEASE = "512B1IV", "Exposure to a communicable disease"
    WORKPLACE_SURVEILLANCE = "512B1V", "Employer's workplace surveillance"
    SCHOOL_IMMUNIZATION = "512B1VI", "Proof of immunization to a school"
    ADULT_ABUSE = "512C", "Adult abuse, neglect or domestic violence"
    OVERSIGHT = "512D", "Health oversight"
    COURT_ORDER = "512E_ORDER", "Order of a court or tribunal"
    SUBPOENA = "512E_SUBPOENA", "Subpoena or discovery without an order"
    POLICE_LAW = "512F1_LAW", "Law enforcement: law requires the report"
    POLICE_PROCESS = "512F1_PROCESS", "Law enforcement: judicial process"
    POLICE_ADMINISTRATIVE = "512F1_ADMINISTRATIVE", "Law enforcement: administrative request"
    POLICE_LOCATE = "512F2", "Law enforcement: identify or locate a person"
    POLICE_VICTIM = "512F3", "Law enforcement: victim of a crime"
    POLICE_DEATH = "512F4", "Law enforcement: death suspected criminal"
    POLICE_PREMISES = "512F5", "Law enforcement: crime on the premises"
    POLICE_EMERGENCY = "512F6", "Law enforcement: crime seen in an emergency elsewhere"
    CORONER = "512G", "Coroner, medical examiner, funeral director"
    ORGAN_PROCUREMENT = "512H", "Organ, eye or tissue procurement"
    RESEARCH = "512I", "Research with a waiver"
    SERIOUS_THREAT = "512J", "Serious and imminent threat"
    ARMED_FORCES = "512K1", "Armed forces"
    NATIONAL_SECURITY = "512K2", "National security and intelligence"
    PROTECTIVE_SERVICE = "512K3", "Protective services for the President and others"
    STATE_DEPARTMENT = "512K4", "Medical suitability, Department of State"
    CUSTODY = "512K5", "Correctional institution or custody"
    PUBLIC_BENEFITS = "512K6", "Agencies of public benefits"
    FIREARM_CHECK = "512K7", "Firearm background check"
    WORKERS_COMP = "512L", "Workers' compensation"
    HHS = "502A2II", "Secretary of Health and Human Services"
    LIMITED_DATA_SET = "514E", "Limited data set"
    BREACH = "BREACH", "Impermissible disclosure"


class RequestStatus(models.TextChoices):
    LOGGED = "LOGGED", "Logged"
    IN_PREPARATION = "IN_PREPARATION", "In preparation"
    ON_HOLD = "ON_HOLD", "On hold"
    SUBMITTED = "SUBMITTED", "Submitted"
    RETURNED = "RETURNED", "Returned"
    APPROVED = "APPROVED", "Approved"
    PACKAGING = "PACKAGING", "Being packaged"
    READY = "READY", "Ready to deliver"
    DELIVERED = "DELIVERED", "Delivered"
    DENIED = "DENIED", "Denied"
    NO_RECORDS = "NO_RECORDS", "No records"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    CLOSED = "CLOSED", "Closed"


class Owner(models.TextChoices):
    """Who acts next on a request."""

    CLERK = "CLERK", "Release clerk"
    PREPARER = "PREPARER", "Its preparer"
    APPROVER = "APPROVER", "Supervisor"
    REQUESTER = "REQUESTER", "The requester"
    SYSTEM = "SYSTEM", "The machine"
    NOBODY = "NOBODY", "Nobody"


class WaitReason(models.TextChoices):
    """Why a request is on hold."""

    AUTHORIZATION_DEFECTIVE = "AUTHORIZATION_DEFECTIVE", "Authorization is defective"
    IDENTITY_UNPROVEN = "IDENTITY_UNPROVEN", "Identity or authority not proven"
    OBJECTION_WINDOW = "OBJECTION_WINDOW", "Time to object to the subpoena runs"
    PREPAYMENT = "PREPAYMENT", "Waiting for payment"
    CLARIFICATION = "CLARIFICATION", "Waiting for an answer"


class Channel(models.TextChoices):
    WALK_IN = "WALK_IN", "Walk-in"
    MAIL = "MAIL", "Mail"
    FAX = "FAX", "Fax"
    PORTAL = "PORTAL", "Portal"
    EMAIL = "EMAIL", "E-mail"
    PHONE = "PHONE", "Phone (noted only)"
    EXCHANGE = "EXCHANGE", "Health information exchange"
    E_REQUEST = "E_REQUEST", "Electronic request"
    COURT_SERVICE = "COURT_SERVICE", "Served by a court"
    PROVIDER_CALL = "PROVIDER_CALL", "Call of a provider"


class DeliveryMethod(models.TextChoices):
    PICKUP = "PICKUP", "Handed over"
    MAIL = "MAIL", "Mailed"
    FAX = "FAX", "Faxed to a verified number"
    PORTAL = "PORTAL", "One-time link"
    EMAIL_ENCRYPTED = "EMAIL_ENCRYPTED", "Encrypted e-mail"
    EMAIL_PLAIN = "EMAIL_PLAIN", "Plain e-mail, risk accepted by the patient"
    MEDIA = "MEDIA", "Disc or memory stick"
    DIRECT = "DIRECT", "Direct message"
    INSPECTION = "INSPECTION", "Inspected on the premises"


class RepeatOutcome(models.TextChoices):
    """What came of a used link while a download that broke off may be made again."""

    GIVEN = "GIVEN", "File given again"
    WRONG = "WRONG", "Wrong passcode"
    ARRIVED = "ARRIVED", "All of the file arrived"


class Medium(models.TextChoices):
    PAPER = "PAPER", "Paper"
    ELECTRONIC = "ELECTRONIC", "Electronic"
    FILM = "FILM", "Film"


class AuthorizedPurpose(models.TextChoices):
    """What an authorization says the information is for."""

    PATIENT_REQUEST = "PATIENT_REQUEST", "At the request of the individual"
    CONTINUING_CARE = "CONTINUING_CARE", "Continuing care"
    TREATMENT_PAYMENT_OPERATIONS = (
        "TREATMENT_PAYMENT_OPERATIONS",
        "Treatment, payment and operations",
    )
    LEGAL = "LEGAL", "Legal"
    PROCEEDINGS_AGAINST_PATIENT = (
        "PROCEEDINGS_AGAINST_PATIENT",
        "Proceedings against the patient",
    )
    INSURANCE = "INSURANCE", "Insurance"
    ENROLLMENT = "ENROLLMENT", "Health-plan enrollment or underwriting"
    DISABILITY = "DISABILITY", "Disability claim"
    EMPLOYMENT = "EMPLOYMENT", "Employment"
    SCHOOL = "SCHOOL", "School"
    RESEARCH = "RESEARCH", "Research"
    THIRD_PARTY_EXAM = "THIRD_PARTY_EXAM", "Examination made for a third party"
    MARKETING = "MARKETING", "Marketing"
    SALE = "SALE", "Sale"
    OTHER = "OTHER", "Other"


class AuthorizationDefect(models.TextChoices):
    NO_SCOPE = "NO_SCOPE", "It does not say which information"
    WRONG_DISCLOSER = "WRONG_DISCLOSER", "It does not name us as the one who may disclose"
    RECIPIENT_MISMATCH = "RECIPIENT_MISMATCH", "It does not name this recipient"
    NO_PURPOSE = "NO_PURPOSE", "It names no purpose"
    NO_EXPIRY = "NO_EXPIRY", "It has no expiry date or event"
    NO_SIGNATURE = "NO_SIGNATURE", "It is not signed and dated"
    NO_AUTHORITY = "NO_AUTHORITY", "The representative's authority is not described or proven"
    NO_REVOKE_STMT = "NO_REVOKE_STMT", "The statement on revocation is missing"
    NO_CONDITION_STMT = "NO_CONDITION_STMT", "The statement on conditions is missing"
    NO_REDISCLOSE_STMT = "NO_REDISCLOSE_STMT", "The statement on redisclosure is missing"
    NOT_PLAIN = "NOT_PLAIN", "Nobody has attested that its language is plain"
    NO_COPY_GIVEN = "NO_COPY_GIVEN", "We sought it and gave the patient no copy"
    NO_REMUNERATION_STMT = "NO_REMUNERATION_STMT", "The statement on remuneration is missing"
    EXPIRED = "EXPIRED", "It has expired"
    REVOKED = "REVOKED", "It has been revoked"
    COMPOUND = "COMPOUND", "It is combined with another permission unlawfully"
    CONDITIONED = "CONDITIONED", "It was made a condition unlawfully"
    KNOWN_FALSE = "KNOWN_FALSE", "Something material in it is known to be false"
    BEYOND_SCOPE = "BEYOND_SCOPE", "The release goes beyond it"
    NO_CATEGORY_WORDS = "NO_CATEGORY_WORDS", "It lacks the words that a protected class needs"


class DenialGround(models.TextChoices):
    PSYCHNOTES_OR_LITIGATION = "DEN_U1", "Psychotherapy notes or material for litigation"
    INMATE = "DEN_U2", "A copy would endanger in custody"
    RESEARCH = "DEN_U3", "Suspended for research in progress, as agreed"
    PRIVACY_ACT = "DEN_U4", "Privacy Act record"
    CONFIDENCE = "DEN_U5", "Given in confidence by a third person"
    ENDANGERS_LIFE = "DEN_R1", "Likely to endanger life or physical safety"
    HARMS_OTHER = "DEN_R2", "Likely substantial harm to another person named in it"
    HARMS_BY_REPRESENTATIVE = "DEN_R3", "Likely substantial harm through the representative"


class DueUnit(models.TextChoices):
    CALENDAR_DAYS = "CALENDAR_DAYS", "Days"
    WORKING_DAYS = "WORKING_DAYS", "Working days"
    STATED = "STATED", "Date in the document"


class DueForce(models.TextChoices):
    LEGAL = "LEGAL", "Legal limit"
    TARGET = "TARGET", "House target"


class DueAct(models.TextChoices):
    """What has to be done by the date."""

    ACT = "ACT", "Act on the request"
    INSPECT = "INSPECT", "Let the record be inspected"
    COPY = "COPY", "Give copies"


class Notice(models.TextChoices):
    """What has to lie in front of a released record."""

    PART2_PROHIBITION = "PART2_PROHIBITION", "42 CFR 2.32 statement"
    PART2_CONSENT_COPY = "PART2_CONSENT_COPY", "Copy of the consent or its scope, 42 CFR 2.32"
    STATE_REDISCLOSURE = "STATE_REDISCLOSURE", "State notice on redisclosure"


class PackageState(models.TextChoices):
    BUILDING = "BUILDING", "Being built"
    READY = "READY", "Ready"
    FAILED = "FAILED", "Failed"
    VOID = "VOID", "Void"


class PartKind(models.TextChoices):
    """What a stored part of a package is."""

    FRONT = "FRONT", "Letter, index and notices"
    WHOLE = "WHOLE", "The finished file"
