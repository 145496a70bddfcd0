"""A real Chromium in front of the real application."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Group
from playwright.sync_api import Error, sync_playwright

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit.writes import attributing

PASSWORD = "correct horse battery staple"
# axe would fetch style sheets anew and test rules that need a page's author, not a machine.
AXE = {"preload": False, "resultTypes": ["violations"]}
LOOKS = ((360, "light"), (1440, "dark"))
LOOKS_BETWEEN = ((360, "dark"), (800, "light"), (800, "dark"), (1440, "light"))
# A new look begins with the next frame; only then are its transitions under way.
COLOURS_SETTLED = """async () => {
    await new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)));
    const moving = document.getAnimations().filter(it => it instanceof CSSTransition);
    await Promise.allSettled(moving.map(it => it.finished));
}"""


def pytest_collection_modifyitems(items):
    """Every test here commits, because the server answers from threads of its own."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """The machine's Chromium, or the one that Playwright installed."""
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code; tests
    # that follow in this process meet the loop as well.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except Error as error:
            pytest.skip(f"no Chromium: {error.message.splitlines()[0]}")
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def house(live_server, settings):
    """Address of the running application."""
    settings.SITE_URL = live_server.url
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def make_person(house):
    """Make a person with roles who can sign in with `PASSWORD`."""

    def make(username, *roles):
        user = User(username=username, email=f"{username}@example.org", display_name="Ana Mills")
        user.set_password(PASSWORD)
        with attributing(get_system_user()):
            user.save()
            user.groups.set(Group.objects.filter(name__in=roles))
        return user

    return make


@pytest.fixture
def window(chromium, house):
    """A browser window that reports scripts' errors and refusals by the content policy."""
    context = chromium.new_context(base_url=house, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("console", lambda line: _note(page, line))
    yield page
    context.close()


@pytest.fixture
def sign_in(window, make_person):
    """Sign a new person in through the page."""

    def enter(*roles, username="ana"):
        make_person(username, *roles)
        window.goto("/sign-in/login/")
        type_sign_in(window, username)
        window.wait_for_url("/")
        return window

    return enter


def type_sign_in(page, username):
    """Fill the sign-in form and send it."""
    page.get_by_label("User name or e-mail").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def broken_rules(page):
    """Return the accessibility rules that the page breaks, with where."""
    page.evaluate(COLOURS_SETTLED)  # halfway between light and dark, no colour is a page's own
    found = Axe().run(page, options=AXE).response["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]


def faults_of(page, looks=LOOKS):
    """Return the accessibility rules that the page breaks in each look, and where it is too wide.

    A page is asked for once and looked at in all of them: (width in CSS pixels, colours).
    """
    found = []
    for width, colours in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=colours)
        found += [(width, colours, *broken) for broken in broken_rules(page)]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((width, colours, "wider than its window"))
    return found


def _note(page, line):
    if "Content Security Policy" in line.text and "axe" not in page.url:
        page.troubles.append(line.text)


def wait_for_picture(page, number):
    """Wait until the picture of a page to approve has come; one out of sight comes when shown."""
    picture = page.locator("[data-page] img").nth(number - 1)
    picture.scroll_into_view_if_needed()
    page.wait_for_function(
        "picture => picture.complete && picture.naturalWidth > 0", arg=picture.element_handle()
    )
