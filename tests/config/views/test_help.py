"""Help: the guides as pages, and what they say about one screen."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from audit.models import Event
from config.help import guides

pytestmark = pytest.mark.django_db
INDEX = reverse("help_index")
TURNED = {"HX-Request": "true"}


def guide_url(name):
    return reverse("help_guide", kwargs={"guide": name})


def screen_url(page):
    return f"{reverse('help_screen')}?page={page}"


@pytest.fixture
def page_of(make_person, browser_of):
    """Return what somebody with roles is shown at an address."""

    def look(address, *roles, **headers):
        response = browser_of(make_person(*roles)).get(address, headers=headers)
        assert response.status_code == 200
        return response.content.decode()

    return look


def headings(page):
    return re.findall(r"<h2[^>]*>(?:<a[^>]*>)?([^<]*)<", page.partition("<main")[2] or page)


@pytest.mark.parametrize("role", Role)
def test_index_shows_the_readers_own_guide_and_leads_to_all(page_of, role):
    page = page_of(INDEX, role.value)

    assert f"<h1>{role.label}</h1>" in page
    index = page.partition('aria-label="Guides"')[2].partition("</nav>")[0]
    listed = re.findall(r'<a href="(/help/[^"#]*)"', index)
    assert listed[0] == guide_url(role.value.lower())
    assert set(listed) == {guide_url(name) for name in guides.all_guides()}
    assert listed[-2:] == [guide_url("glossary"), guide_url("whats-new")]


def test_index_of_somebody_without_a_role_is_what_all_have_alike(page_of):
    assert "<h1>Everybody</h1>" in page_of(INDEX)


@pytest.mark.parametrize("name", sorted(guides.all_guides()))
def test_every_guide_is_open_to_everybody_with_its_headings_as_index(page_of, name):
    page = page_of(guide_url(name), "PROVIDER")
    guide = guides.all_guides()[name]

    assert headings(page) == [section.title.replace("'", "&#x27;") for section in guide.sections]
    for section in guide.sections:
        assert f'<a href="#{section.anchor}">' in page
        assert page.count(f' id="{section.anchor}"') == 1
        assert section.body in page


def test_guide_that_does_not_exist_is_not_found(make_person, browser_of):
    browser = browser_of(make_person("CLERK"))

    assert browser.get(guide_url("nurse")).status_code == 404


def test_help_is_for_people_who_are_signed_in():
    for address in (INDEX, guide_url("clerk"), screen_url("home")):
        assert Client().get(address).status_code == 302


def test_news_are_marked_as_read_where_they_stand_alone(page_of, make_person, browser_of):
    assert "data-news-read" in page_of(guide_url("whats-new"), "CLERK")
    other = browser_of(make_person("CLERK", username="ben")).get(guide_url("clerk"))
    assert "data-news-read" not in other.content.decode()


def test_frame_leads_to_the_help_of_its_page(page_of):
    page = page_of(reverse("usersessions_list"), "CLERK")

    entry = re.search(r'<a class="topbar-button help-entry" href="([^"]*)"[^>]*>', page)
    assert entry[1] == "/help/screen/?page=usersessions_list"
    assert f'data-news="{guides.latest_news()}"' in entry[0]
    assert 'data-hotkey="F1"' in entry[0]


def test_page_that_does_not_exist_leads_to_what_that_means(make_person, browser_of):
    browser = browser_of(make_person("CLERK"))
    page = browser.get("/no/such/page/").content.decode()

    entry = re.search(r'<a class="topbar-button help-entry" href="([^"]*)"', page)
    assert headings(browser.get(entry[1], headers=TURNED).content.decode()) == [
        "When a page refuses"
    ]


@pytest.mark.parametrize(
    "roles, wanted",
    [
        (["CLERK"], ["Prepare a release"]),
        (["SUPERVISOR"], ["Approve or return a release", "Prepare a release"]),
        (["COMPLIANCE"], ["Follow a release request"]),
        (["COMPLIANCE", "SUPERVISOR"],
         ["Follow a release request", "Approve or return a release", "Prepare a release"]),
        (["PROVIDER"], []),
    ],
)  # fmt: skip
def test_screen_is_explained_in_the_readers_own_guides(page_of, roles, wanted):
    panel = page_of(screen_url("requests_release:request_approve"), *roles, **TURNED)

    assert headings(panel) == wanted
    assert ("Your guides have nothing on this screen." in panel) is (not wanted)
    assert "<html" not in panel
    assert panel.count("in the guide Clerk") == (not {"CLERK", "SUPERVISOR"} & {*roles})


def test_screen_is_explained_on_a_page_of_its_own_without_scripts(page_of):
    page = page_of(screen_url("patients:patient_search"), "CLERK")

    assert headings(page) == ["Find a patient"]
    assert f'<a href="{guide_url("clerk")}#find-a-patient">Find a patient</a>' in page
    assert "<h1>Help</h1>" in page


@pytest.mark.parametrize("page", ["", "no:where", "<script>", "x" * 3000, "*", "[", "patients:*"])
def test_page_that_no_guide_names_is_answered_plainly(page_of, page):
    found = page_of(screen_url(page), "CLERK", **TURNED)

    assert headings(found) == []
    assert "Your guides have nothing on this screen." in found
    assert "<script" not in found


def test_answers_for_pages_and_panels_are_told_apart(make_person, browser_of):
    response = browser_of(make_person("CLERK")).get(screen_url("home"), headers=TURNED)

    assert "HX-Request" in response.headers["Vary"]
    assert response.headers["Cache-Control"] == "no-store"
    assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]


def test_help_shows_no_patient_and_records_nothing(make_person, browser_of):
    browser = browser_of(make_person("CLERK"))
    before = Event.objects.count()

    for address in (INDEX, guide_url("glossary"), screen_url("charts:chart_detail")):
        page = browser.get(address).content.decode()
        assert not re.search(r"""\sstyle=|\son\w+=["']""", page)

    assert Event.objects.count() == before
