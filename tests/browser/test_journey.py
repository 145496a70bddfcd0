"""The whole story of one chart, in a real browser: from the import to the certificate."""

import io
import json
import os
import random
import re
from pathlib import Path

import pypdfium2
import pytest
from django.core.management import call_command

from audit.selectors.seals import get_trail_state
from config.demo import house as demo_house
from config.demo import papers
from config.runtime.demo import PASSWORD
from jobs.models import Job
from jobs.services import jobs
from records.patients.models import Patient
from records.patients.rules import mrn
from records.retention.services import nightly
from tests.browser.conftest import wait_for_picture

DATA = Path(__file__).with_name("data")
BUNDLE, ENDED = DATA / "bundle.json", DATA / "ended.json"
CHECKED = (
    "names_us",
    "has_revocation_statement",
    "has_condition_statement",
    "has_redisclosure_statement",
    "is_plain",
)


@pytest.fixture
def people(chromium, house):
    """Open a window for each person of the demo house, each signed in."""
    demo_house.build()
    windows = {}

    def window_of(username):
        if username not in windows:
            windows[username] = _sign_in(chromium, house, username)
        return windows[username]

    yield window_of
    for page in windows.values():
        assert page.troubles == []
        page.context.close()


@pytest.fixture
def picture(tmp_path):
    """Take a screenshot from the page's top; `CHARTROOM_SCREENSHOTS` names a folder that keeps it.

    The trail is sealed before, as the clock does it, so that the foot of the page says so.
    """
    folder = Path(os.environ.get("CHARTROOM_SCREENSHOTS") or tmp_path)

    def take(page, address, name):
        call_command("seal_audit")
        get_trail_state()  # asked anew, where the foot is content with what was read before
        page.goto(address)
        page.wait_for_timeout(600)
        page.screenshot(path=folder / f"{name}.png")

    return take


def test_story_of_a_chart_from_import_to_certificate(people, picture, chromium, house, tmp_path):
    import_records()
    clerk, supervisor, compliance = (people(n) for n in ("clerk", "supervisor", "compliance"))

    patient = find_and_open(clerk)
    file_scanned_page(clerk, tmp_path)
    view_pages(clerk)
    picture(clerk, f"/charts/{patient.pk}/", "chart")

    request_url = log_request(clerk, patient, tmp_path)
    cannot_approve_own(clerk, request_url)
    approve(supervisor, request_url, picture)
    do_waiting_work()
    link, passcode = make_link(clerk, request_url)
    collect(chromium, house, link, passcode)
    close_request(clerk, request_url)

    sees_it_all(compliance, patient, picture)
    verify_trail()

    nightly.evaluate()
    cannot_destroy_authorized(clerk, patient)
    ended = Patient.objects.get(family="Okafor")
    hold_url = place_hold(compliance, ended)
    nightly.evaluate()
    cannot_destroy_held(clerk, ended)
    lift_hold(compliance, hold_url)
    nightly.evaluate()
    batch_url = propose(clerk, ended, left_out=patient)
    cannot_approve_own_batch(clerk, batch_url)
    decide(supervisor, batch_url, "approve")
    decide(compliance, batch_url, "approve")
    decide(compliance, batch_url, "start")
    do_waiting_work()
    read_certificate(compliance, batch_url, ended)
    chart_is_gone(clerk, ended)
    chart_is_kept(clerk, patient)


def import_records():
    """Import two charts, as an operator does; a second time changes nothing."""
    call_command("import_records", str(ENDED), unit="MAIN", json=True, stdout=io.StringIO())
    first, second = io.StringIO(), io.StringIO()
    call_command("import_records", str(BUNDLE), unit="MAIN", json=True, stdout=first)
    call_command("import_records", str(BUNDLE), unit="MAIN", json=True, stdout=second)

    told = json.loads(first.getvalue().splitlines()[-1])
    again = json.loads(second.getvalue().splitlines()[-1])
    assert (told["patients"], told["encounters"], told["documents"]) == (1, 6, 11)
    assert (told["rejected"], again["imported"], again["rejected"]) == ([], 0, [])


def find_and_open(clerk):
    """Find the only such patient by name and birth date from anywhere; one key more opens it."""
    clerk.keyboard.press("/")
    clerk.wait_for_selector("#global-search:focus")
    clerk.keyboard.type("munoz 3/4/1961")
    clerk.keyboard.press("Enter")
    clerk.locator("main a.row-link:focus").wait_for()
    clerk.keyboard.press("Enter")
    clerk.wait_for_url(re.compile("/charts/"))

    patient = Patient.objects.get(family="Muñoz")
    assert "Mar 4, 1961" in clerk.locator(".patient-banner").inner_text()
    assert clerk.url.endswith(f"/charts/{patient.pk}/")
    return patient


def file_scanned_page(clerk, tmp_path):
    """File a fax of two pages."""
    fax = tmp_path / "fax.tif"
    fax.write_bytes(papers.make_fax("Referral", 2, random.Random(1)))
    clerk.get_by_role("link", name="File a document").click()
    clerk.set_input_files("input[name=file]", fax)
    clerk.select_option("select[name=type]", label="Referral")
    clerk.fill("input[name=service_on]", "4/12/2005")
    clerk.fill("input[name=title]", "Referral from Dr Hale")
    clerk.locator("main button", has_text=re.compile("^File$")).click()
    clerk.wait_for_url(re.compile(r"/documents/\d+/$"))
    assert "Referral from Dr Hale" in clerk.title()


def view_pages(clerk):
    """Page through the document by keyboard."""
    shown = clerk.locator("main input[type=number], main input[inputmode=numeric]").first
    clerk.wait_for_timeout(800)
    clerk.keyboard.press("ArrowRight")
    clerk.wait_for_timeout(800)
    assert shown.input_value() == "2"


def log_request(clerk, patient, tmp_path):
    """Log a request of an attorney, attach the authorization, choose all pages, submit."""
    clerk.goto(f"/release/log/?patient={patient.pk}")
    clerk.select_option("select[name=requester_kind]", "ATTORNEY")
    clerk.fill("input[name=requester_name]", "Hall & Partners")
    clerk.fill("textarea[name=requester_address]", "1 Court Street, York PA")
    clerk.fill("input[name=identity_proof]", "Letterhead and call back")
    clerk.select_option("select[name=kind]", "DISCLOSURE")
    clerk.select_option("select[name=basis]", "508")
    clerk.select_option("select[name=purpose]", "LEGAL")
    clerk.fill("textarea[name=scope]", "All records")
    clerk.fill("input[name=recipient_name]", "Hall & Partners")
    clerk.get_by_role("button", name="Log the request").click()
    clerk.wait_for_url(re.compile(r"/release/\d+/$"))
    url = clerk.url

    clerk.goto(f"{url}step/take/")
    clerk.locator("main form button[type=submit]").click()
    attach_authorization(clerk, url, tmp_path)
    clerk.goto(f"{url}documents/")
    for box in clerk.locator("input[name=document]").all():
        box.check()
    clerk.get_by_role("button", name="Save the choice").click()
    clerk.goto(f"{url}submit/")
    clerk.get_by_role("button", name="Submit").click()
    clerk.wait_for_url(url)
    assert "Submitted" in clerk.locator("main").inner_text()
    return url


def attach_authorization(clerk, url, tmp_path):
    """Attach the signed form and record what it says."""
    form = tmp_path / "authorization.tif"
    form.write_bytes(papers.make_fax("Authorization", 1, random.Random(2)))
    clerk.goto(f"{url}authorization/")
    clerk.set_input_files("input[name=file]", form)
    clerk.fill("input[name=scope]", "All records")
    clerk.fill("textarea[name=recipients]", "Hall & Partners")
    clerk.select_option("select[name=purpose]", "LEGAL")
    clerk.fill("input[name=signed_on]", "11/01/2026")
    clerk.fill("input[name=expires_on]", "11/01/2099")
    for name in CHECKED:
        clerk.check(f"input[name={name}]")
    clerk.get_by_role("button", name="Record the authorization").click()
    clerk.wait_for_load_state()


def cannot_approve_own(clerk, url):
    """The preparer is told why there is nothing to approve."""
    clerk.goto(f"{url}approve/")
    assert "You cannot decide this" in clerk.locator("main").inner_text()
    assert clerk.get_by_role("button", name="Approve").count() == 0 or (
        clerk.get_by_role("button", name="Approve").is_disabled()
    )


def approve(supervisor, url, picture):
    """Another person looks at every page, then approves."""
    picture(supervisor, f"{url}approve/", "release")
    for number, box in enumerate(supervisor.locator("input[name=seen]").all(), start=1):
        wait_for_picture(supervisor, number)
        box.check()
    supervisor.get_by_role("button", name="Approve").click()
    supervisor.wait_for_url(url)


def do_waiting_work():
    """Do what a worker does when the queue wakes it."""
    for job in Job.objects.filter(closed_at__isnull=True).order_by("pk"):
        jobs.work(job.pk)
    assert not Job.objects.filter(closed_at__isnull=True).exists()


def make_link(clerk, url):
    """Make the one-time link; link and passcode are shown once."""
    clerk.goto(f"{url}deliver/")
    clerk.get_by_role("button", name="Make the link").click()
    clerk.wait_for_load_state()
    shown = clerk.locator("main").inner_text()
    link = re.search(r"https?://\S+/r/\S+", shown).group()
    passcode = re.search(r"Passcode\s+([0-9A-Z]{5} [0-9A-Z]{5})", shown).group(1)
    return link, passcode


def collect(chromium, house, link, passcode):
    """A stranger with the passcode collects the package, once."""
    context = chromium.new_context(base_url=house, accept_downloads=True)
    page = context.new_page()
    page.goto(f"{house}{link[link.index('/r/') :]}")
    page.locator("input[type=text], input[type=password]").first.fill("WRONG WRONG")
    page.locator("form button[type=submit]").first.click()
    page.wait_for_load_state()
    page.locator("input[type=text], input[type=password]").first.fill(passcode)
    with page.expect_download() as waiting:
        page.locator("form button[type=submit]").first.click()
    content = Path(waiting.value.path()).read_bytes()
    context.close()

    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    assert "R2026-" in text or re.search(r"R20\d\d-\d{6}", text)
    assert "Lobar pneumonia" in text


def close_request(clerk, url):
    """Close the delivered request, which ends its hold."""
    clerk.goto(f"{url}step/close/")
    clerk.locator("main form button[type=submit]").click()
    clerk.wait_for_url(url)


def sees_it_all(compliance, patient, picture):
    """The log names everybody who saw this patient, and what they did."""
    picture(compliance, f"/log/?find_patient={patient.mrn}", "log")
    shown = compliance.locator("main").inner_text()
    for who in ("Casey Clerk", "Sam Supervisor"):
        assert who in shown


def verify_trail():
    """Seal and verify, as machines do."""
    call_command("seal_audit")
    told = io.StringIO()
    call_command("verify_audit", json=True, stdout=told)
    result = json.loads(told.getvalue().splitlines()[-1])
    assert result["broken"] == []
    assert result["events"] == result["sealed"] > 30


def place_hold(compliance, patient):
    """Place a hold on the patient's chart."""
    compliance.goto("/retention/holds/new/")
    compliance.fill("input[name=name]", "Doe v. Hospital")
    compliance.select_option("select[name=kind]", "LITIGATION")
    compliance.fill("input[name=issuer]", "County court")
    compliance.fill("textarea[name=reason]", "Preservation letter of counsel")
    compliance.fill("input[name=issued_on]", "11/20/2026")
    compliance.fill("textarea[name=patient_ids]", patient.mrn)
    compliance.get_by_role("button", name="Place the hold").click()
    compliance.wait_for_url(re.compile(r"/retention/holds/\d+/$"))
    return compliance.url


def cannot_destroy_authorized(clerk, patient):
    """The last visit is long ago, but the authorization of the release is to be kept."""
    clerk.goto(f"/retention/charts/{patient.pk}/")
    shown = clerk.locator("main").inner_text()
    assert "This chart may be destroyed from Nov 2, 2105" in shown
    assert "6 years after the newest authorization or consent, Nov 1, 2099" in shown
    assert "45 CFR 164.530(j)" in shown
    assert clerk.get_by_role("link", name="Propose for destruction").count() == 0


def cannot_destroy_held(clerk, patient):
    """A held chart cannot even be proposed, and the page says why."""
    clerk.goto(f"/retention/batches/new/?chart={patient.pk}")
    shown = clerk.locator("main").inner_text()
    assert "A hold stands" in shown
    assert clerk.get_by_role("button", name="Propose 0 charts").is_disabled()


def lift_hold(compliance, hold_url):
    """Lift the hold with a reason."""
    compliance.goto(f"{hold_url}lift/")
    compliance.fill("textarea[name=reason]", "Case closed, counsel agrees")
    compliance.get_by_role("button", name="Lift the hold").click()
    compliance.wait_for_url(hold_url)


def propose(clerk, patient, *, left_out):
    """Propose the chart, past its term, for destruction; one that is not due is left out."""
    clerk.goto(f"/retention/batches/new/?chart={patient.pk}&chart={left_out.pk}")
    assert "Not due yet: from Nov 2, 2105" in clerk.locator("main").inner_text()
    clerk.select_option("select[name=location]", "ANOTHER")
    clerk.fill("input[name=other_place]", "Main file room")
    clerk.get_by_role("button", name="Propose 1 chart").click()
    clerk.wait_for_url(re.compile(r"/retention/batches/\d+/$"))
    return clerk.url


def cannot_approve_own_batch(clerk, url):
    """The proposer gives no approval, and the page says so, and who does."""
    clerk.goto(url)
    assert "You proposed this batch, so others approve it." in clerk.locator("main").inner_text()


def decide(page, url, step):
    """Take a step of the batch, with the password again."""
    page.goto(f"{url}{step}/")
    if "/reauthenticate/" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(f"{url}{step}/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(url)


def read_certificate(compliance, url, patient):
    """The batch is done and its certificate says what was destroyed, and how."""
    compliance.goto(url)
    href = compliance.get_by_role("link", name=re.compile("ertificate")).first.get_attribute("href")
    answer = compliance.context.request.get(href)
    text = "".join(
        page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.body())
    )
    assert answer.headers["content-type"] == "application/pdf"
    assert mrn.display(patient.mrn) in text
    assert "Sam Supervisor" in text
    assert "Chris Compliance" in text


def chart_is_gone(clerk, patient):
    """The chart opens no more; search still answers that it was destroyed."""
    assert clerk.goto(f"/charts/{patient.pk}/").status == 403
    clerk.goto("/patients/?q=okafor")
    assert "destroyed" in clerk.locator("main").inner_text().lower()


def chart_is_kept(clerk, patient):
    """The chart with the authorization still opens."""
    assert clerk.goto(f"/charts/{patient.pk}/").status == 200


def _sign_in(chromium, house, username):
    context = chromium.new_context(base_url=house, viewport={"width": 1440, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on(
        "console",
        lambda line: page.troubles.append(line.text) if "Security Policy" in line.text else None,
    )
    page.goto("/sign-in/login/")
    page.get_by_label("User name or e-mail").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("/")
    return page
