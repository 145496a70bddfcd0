"""What a column can hold."""

PHI = "PHI"  # tells of a patient's identity, health, care, or of what was released about them
IDENTIFIER = "IDENTIFIER"  # a number or name by which others know the patient
THIRD_PARTY = "THIRD_PARTY"  # people who are neither patients nor staff: next of kin, requesters
STAFF = "STAFF"  # people who work here, and what they did
LINK = "LINK"  # the key of a patient or of a record of theirs, meaningless outside
SECRET = "SECRET"  # keys, hashes of passwords and tokens, sessions
CODE = "CODE"  # a word out of a fixed list, a citation
HOUSE = "HOUSE"  # the hospital's own units, kinds, rules
TECHNICAL = "TECHNICAL"  # keys, versions, sizes, times of writing

CLASSES = {PHI, IDENTIFIER, THIRD_PARTY, STAFF, LINK, SECRET, CODE, HOUSE, TECHNICAL}
