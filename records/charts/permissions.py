"""Names of the permissions that roles carry in this room."""

VIEW_RECENT_ACCESS = "charts.view_recent_access"
PRINT_FACE_SHEET = "charts.print_face_sheet"
