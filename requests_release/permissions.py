"""Names of the permissions that roles carry in this room."""

VIEW_REQUEST = "requests_release.view_request"
PREPARE_REQUEST = "requests_release.prepare_request"
APPROVE_REQUEST = "requests_release.approve_request"
DELIVER_RELEASE = "requests_release.deliver_release"
PRINT_ACCOUNTING = "requests_release.print_accounting"
EXPORT_LIST = "requests_release.export_list"
