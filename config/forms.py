"""How every form of the house is drawn: labels, hints, errors beside the field and on top."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.forms import renderers, widgets
from django.template.backends.django import DjangoTemplates
from django.utils.functional import cached_property

from config import env

DJANGO_FORMS = Path(renderers.__file__).parent / "templates"
CLASSES: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.HiddenInput, ""),
    (widgets.MultipleHiddenInput, ""),
    (widgets.CheckboxInput, "form-check-input"),
    (widgets.RadioSelect, "form-check-input"),
    (widgets.CheckboxSelectMultiple, "form-check-input"),
    (widgets.Select, "form-select"),
    (widgets.Widget, "form-control"),
)
PLACEHOLDERS: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.DateTimeInput, "MM/DD/YYYY HH:MM"),
    (widgets.DateInput, "MM/DD/YYYY"),
    (widgets.TimeInput, "HH:MM"),
)
# What is typed about one patient must not be offered by the browser for the next.
NOT_REMEMBERED = frozenset({"text", "textarea", "number", "email", "url", "tel", "search"})

FILL_IN, CHOOSE = "Fill this in.", "Choose one of the list."
NO_DAY = "There is no such date. Enter a day, for example 3/14/2026."
# What is wrong, said in one voice; a field's own words stand before these.
WORDS: tuple[tuple[type[forms.Field], dict[str, str]], ...] = (
    (
        forms.Field,
        {
            "required": FILL_IN,
            "max_length": "At most %(limit_value)d characters; this has %(show_value)d.",
            "min_length": "At least %(limit_value)d characters; this has %(show_value)d.",
            "max_value": "At most %(limit_value)s.",
            "min_value": "At least %(limit_value)s.",
            "null_characters_not_allowed": "This holds a character that cannot be kept.",
        },
    ),
    (forms.DateField, {"invalid": NO_DAY}),
    (forms.IntegerField, {"invalid": "Enter a number."}),
    (forms.EmailField, {"invalid": "Enter an address such as name@example.org."}),
    (forms.BooleanField, {"required": "Tick this to go on."}),
    (forms.ChoiceField, {"required": CHOOSE, "invalid_choice": CHOOSE}),
    (forms.MultipleChoiceField, {"required": CHOOSE, "invalid_choice": CHOOSE}),
    (forms.ModelChoiceField, {"required": CHOOSE, "invalid_choice": CHOOSE}),
    (forms.ModelMultipleChoiceField, {"required": CHOOSE, "invalid_choice": CHOOSE}),
)


def set_words() -> None:
    """Let every form made from now on speak with the words of the house."""
    for kind, words in WORDS:
        own = vars(kind).get("default_error_messages", {})
        kind.default_error_messages = own | words


class BoundField(forms.BoundField):
    """A field that carries the house's classes and keeps patient data out of browser memory."""

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: widgets.Widget | None = None
    ) -> dict[str, Any]:
        """Add class, placeholder and `autocomplete` where the form has not set its own."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        own = widget.attrs
        classes = [str(attrs.get("class") or own.get("class", "")), _look_up(CLASSES, widget)]
        if self.form.is_bound and self.errors and not widget.is_hidden:
            classes.append("is-invalid")
        if any(classes):
            attrs["class"] = " ".join(filter(None, classes))
        placeholder = _look_up(PLACEHOLDERS, widget)
        if placeholder and "placeholder" not in own and _kind(widget) == "text":
            attrs["placeholder"] = placeholder
        if _kind(widget) in NOT_REMEMBERED and "autocomplete" not in own:
            attrs.setdefault("autocomplete", "off")
        return attrs


class Renderer(renderers.BaseRenderer):
    """Draws forms from `templates/forms`, and what is not there as Django does."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = BoundField

    @cached_property
    def engine(self) -> DjangoTemplates:
        """Return an engine of its own, without components, so that a field costs little."""
        return DjangoTemplates(
            {
                "NAME": "forms",
                "DIRS": [env.ROOT / "templates", DJANGO_FORMS],
                "APP_DIRS": True,
                "OPTIONS": {"builtins": ["config.templatetags.chartroom"]},
            }
        )

    def get_template(self, template_name: str) -> Any:
        """Return a template by name, cached by the engine."""
        return self.engine.get_template(template_name)


def _kind(widget: widgets.Widget) -> str:
    if isinstance(widget, widgets.Textarea):
        return "textarea"
    return str(getattr(widget, "input_type", ""))


def _look_up(table: tuple[tuple[type[widgets.Widget], str], ...], widget: widgets.Widget) -> str:
    return next((text for kind, text in table if isinstance(widget, kind)), "")
