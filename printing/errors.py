"""What can go wrong when a page is set."""

from __future__ import annotations


class PrintingError(Exception):
    """A page cannot be set; the message is fit for a screen and holds no value of the page."""


class TemplateUnknown(PrintingError):
    """No template has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no page layout called {name!r}.")
        self.name = name


class ValuesRefused(PrintingError):
    """The values given do not have the shape that the template documents."""

    def __init__(self, template: str, path: str, reason: str) -> None:
        super().__init__(f"The page {template!r} cannot be set: {path} {reason}.")
        self.template, self.path, self.reason = template, path, reason


class TypesettingFailed(PrintingError):
    """The typesetter itself gave up; its own words are kept in `detail`."""

    def __init__(self, template: str, detail: str) -> None:
        super().__init__(f"The page {template!r} could not be set.")
        self.template, self.detail = template, detail
