"""Names of this room's permissions."""

VIEW_EVENT = "audit.view_event"
EXPORT_EVENT = "audit.export_event"
