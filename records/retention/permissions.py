"""Names of the permissions that roles carry in this room."""

VIEW_RETENTION = "retention.view_retention"
PROPOSE_BATCH = "retention.propose_batch"
APPROVE_FIRST = "retention.approve_first"
APPROVE_SECOND = "retention.approve_second"
CHANGE_SCHEDULE = "retention.change_schedule"
PLACE_HOLD = "retention.place_hold"
EXPORT_LIST = "retention.export_list"
