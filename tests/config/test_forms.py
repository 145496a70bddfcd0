"""Forms as people and screen readers meet them."""

import datetime
import re

import pytest
from django import forms
from django.utils import timezone

import config.urls  # noqa: F401 - makes every form of the rooms
from accounts.models import User

ROOMS = ("accounts.", "audit.", "records.", "requests_release.")


class Intake(forms.Form):
    family = forms.CharField()
    born = forms.DateField(help_text="As on the document")
    sex = forms.ChoiceField(choices=[("F", "Female"), ("M", "Male")])
    how = forms.ChoiceField(choices=[("ID", "Document"), ("NO", "No")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(required=False, help_text="On paper")
    note = forms.CharField(widget=forms.Textarea, required=False)
    mail = forms.EmailField(required=False)
    secret = forms.CharField(widget=forms.PasswordInput, required=False)
    scan = forms.FileField(required=False)
    batch = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        if self.data.get("family") == "DOUBLE":
            raise forms.ValidationError("Somebody has this name already.")


def _tag(html, name):
    return re.search(rf'<(?:input|select|textarea)[^>]*name="{name}"[^>]*>', html)[0]


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("family", "form-control"),
        ("born", "form-control"),
        ("sex", "form-select"),
        ("how", "form-check-input"),
        ("agreed", "form-check-input"),
        ("note", "form-control"),
        ("scan", "form-control"),
    ],
)
def test_widget_gets_class_of_its_kind(name, css):
    assert f'class="{css}"' in _tag(str(Intake()), name)


def test_hidden_widget_gets_no_class():
    assert _tag(str(Intake()), "batch") == '<input type="hidden" name="batch" id="id_batch">'


@pytest.mark.parametrize(
    ("name", "is_off"),
    [("family", True), ("born", True), ("note", True), ("mail", True), ("secret", False)],
)
def test_browser_remembers_nothing_typed_about_a_patient(name, is_off):
    assert ('autocomplete="off"' in _tag(str(Intake()), name)) is is_off


def test_form_own_attributes_win():
    class Own(forms.Form):
        name = forms.CharField(
            widget=forms.TextInput(attrs={"autocomplete": "username", "class": "wide"})
        )
        on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))

    html = str(Own())

    assert 'autocomplete="username"' in html
    assert 'class="wide form-control"' in html
    assert "placeholder" not in html


def test_field_carries_label_hint_and_placeholder():
    html = str(Intake()["born"].as_field_group())

    assert '<label class="form-label" for="id_born">Born</label>' in html
    assert '<div class="form-hint" id="id_born_helptext">As on the document</div>' in html
    assert 'aria-describedby="id_born_helptext"' in _tag(html, "born")
    assert 'placeholder="MM/DD/YYYY"' in html


@pytest.mark.parametrize(("name", "is_marked"), [("family", False), ("note", True)])
def test_optional_field_says_so(name, is_marked):
    assert ('class="optional"' in str(Intake()[name].as_field_group())) is is_marked


def test_choices_are_a_fieldset_with_legend_and_labels():
    html = str(Intake()["how"].as_field_group())

    assert '<legend class="form-label">How</legend>' in html
    assert html.count('<label class="form-check"') == 2
    assert html.count('class="form-check-input"') == 2


def test_checkbox_has_its_label_after_it():
    html = str(Intake()["agreed"].as_field_group())

    assert html.index("<input") < html.index("Agreed")
    assert 'aria-describedby="id_agreed_helptext"' in html


def test_error_stands_beside_field_and_is_tied_to_it():
    form = Intake({"born": "31/31/1961", "sex": "F", "how": "ID"})

    html = str(form["born"].as_field_group())

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_born_helptext id_born_error"' in html
    assert 'class="form-control is-invalid"' in html
    assert re.search(
        r'<ul class="errorlist" id="id_born_error"><li>.*There is no such date.*</li>',
        html,
    )


def test_summary_takes_focus_and_leads_to_every_field():
    form = Intake({"family": "DOUBLE", "born": "x", "sex": "F"})

    html = str(form)

    assert re.search(r'<div class="[^"]*error-summary"[^>]*tabindex="-1" autofocus', html)
    assert "<li>Somebody has this name already.</li>" in html
    assert (
        '<a href="#id_born">Born: There is no such date. Enter a day, for example 3/14/2026.</a>'
        in html
    )
    assert '<a href="#id_how_0">How: Choose one of the list.</a>' in html


@pytest.mark.parametrize(
    "data", [None, {"family": "A", "born": "1/2/1961", "sex": "F", "how": "NO"}]
)
def test_form_without_errors_has_no_summary(data):
    assert "error-summary" not in str(Intake(data))


def test_hidden_fields_are_drawn_once():
    assert str(Intake()).count('name="batch"') == 1


@pytest.mark.goal("G-57")
def test_typed_text_is_escaped():
    html = str(Intake({"family": '"><script>x</script>', "born": "<b>"}))

    assert "<script>" not in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    "typed",
    [
        "3/14/1961",
        "03/14/1961",
        "1961-03-14",
        "Mar 14, 1961",
        "Mar 14 1961",
        "March 14, 1961",
        "14 Mar 1961",
        "14 march 1961",
        "14-Mar-1961",
        "03-14-1961",
        "03141961",
        "19610314",
    ],
)
def test_date_is_read_as_typed(typed):
    assert forms.DateField().clean(typed) == datetime.date(1961, 3, 14)


@pytest.mark.parametrize("typed", ["3/14/61", "14/3/1961", "3/14", "1961", "tomorrow", "2/30/1961"])
def test_date_that_needs_guessing_is_refused(typed):
    with pytest.raises(forms.ValidationError):
        forms.DateField().clean(typed)


@pytest.mark.parametrize(
    "typed", ["3/14/1961 14:05", "1961-03-14T14:05", "Mar 14, 1961, 14:05", "03/14/1961 1405"]
)
def test_moment_is_read_as_typed(typed):
    expected = datetime.datetime(1961, 3, 14, 14, 5, tzinfo=timezone.get_default_timezone())

    assert forms.DateTimeField().clean(typed) == expected


def test_date_is_shown_again_as_placeholder_says():
    form = Intake(initial={"born": datetime.date(1961, 3, 4)})

    assert 'value="03/04/1961"' in str(form["born"])


class Words(forms.Form):
    """One field of every kind, each refused for its own reason."""

    text = forms.CharField(max_length=3)
    long = forms.CharField(min_length=3)
    null = forms.CharField()
    count = forms.IntegerField(min_value=1)
    most = forms.DecimalField(max_value=9)
    agreed = forms.BooleanField()
    one = forms.ChoiceField(choices=[("a", "A")])
    several = forms.MultipleChoiceField(choices=[("a", "A")])
    person = forms.ModelChoiceField(User.objects.none())
    people = forms.ModelMultipleChoiceField(User.objects.none())
    own = forms.CharField(error_messages={"required": "Say why."})


def test_errors_are_said_in_the_words_of_the_house():
    sent = {"text": "abcdé", "long": "a", "null": "a\x00b", "count": "0", "most": "9.5"}
    wrong = Words(sent | {"one": "b", "several": ["b"]})

    assert {name: list(errors) for name, errors in wrong.errors.items()} == {
        "text": ["At most 3 characters; this has 5."],
        "long": ["At least 3 characters; this has 1."],
        "null": ["This holds a character that cannot be kept."],
        "count": ["At least 1."],
        "most": ["At most 9."],
        "agreed": ["Tick this to go on."],
        "one": ["Choose one of the list."],
        "several": ["Choose one of the list."],
        "person": ["Choose one of the list."],
        "people": ["Choose one of the list."],
        "own": ["Say why."],
    }
    assert list(Words({}).errors["text"]) == ["Fill this in."]


def test_every_form_of_the_rooms_was_made_with_these_words():
    kinds = [kind for kind in _subclasses(forms.BaseForm) if kind.__module__.startswith(ROOMS)]
    words = {
        str(field.error_messages["required"])
        for kind in kinds
        for field in getattr(kind, "base_fields", {}).values()
    }

    assert len(kinds) > 20
    assert "This field is required." not in words


def _subclasses(kind):
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)
