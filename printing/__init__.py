"""Pages for paper: letters, certificates, face sheets, clinical documents as PDF."""

from printing.typesetting import typeset

__all__ = ["typeset"]
