import pytest
from django.core.files.storage import storages
from records.documents.vault import keys
from tests.records.documents import samples
from tests.records.documents.house import House, make_visit, pdf, facts
from tests.records.documents.conftest import vault  # noqa
from accounts.models import User
from audit.writes import attributing
from accounts.selectors.users import get_system_user
from records.documents.services import filing, corrections
from records.documents.services.storing import Upload
from pathlib import Path

pytestmark = pytest.mark.committed
PASSWORD = "correct horse battery staple"
OUT = Path("/tmp/shots"); OUT.mkdir(exist_ok=True)

@pytest.mark.parametrize("theme,width", [("light", 1440), ("dark", 1440), ("light", 800)])
def test_shots(house, window, vault, theme, width, chromium):
    h = House()
    user = h.guardian
    user.set_password(PASSWORD)
    user.display_name = "Ana Mills"
    with attributing(get_system_user()):
        user.save()
    make_visit(h.patient)
    root = Path("/work/shared/data/scans")
    scans = sorted(p for p in root.rglob("*") if p.suffix in (".tif", ".pdf", ".png", ".jpg"))
    print(scans[:20])
    big = next(p for p in scans if p.suffix == ".pdf")
    d = filing.file_document(actor=user, patient_id=h.patient.pk, upload=Upload(big.read_bytes(), big.name), facts=facts(title="Operative report", encounter_id=h.patient.encounters.first().pk if hasattr(h.patient,'encounters') else None))
    tif = next(p for p in scans if p.suffix == ".tif")
    d2 = h.filed("One", "Two", sensitivity="HIV")
    filing.replace(actor=user, document_id=d2.pk, lock_version=1, upload=pdf("New", "B", "C"), reason="Page three was missing")
    corrections.void(actor=user, document_id=d2.pk, lock_version=2, reason="Filed by mistake")
    row = h.received("Loose one", "Second page")
    row2 = h.received("Loose two")
    window.set_viewport_size({"width": width, "height": 900})
    window.emulate_media(color_scheme=theme)
    window.goto("/sign-in/login/")
    window.fill("[name=login]", user.username)
    window.fill("[name=password]", PASSWORD)
    window.keyboard.press("Enter")
    window.wait_for_load_state("networkidle")
    def shot(name, url=None):
        if url:
            window.goto(url)
        window.wait_for_load_state("networkidle")
        window.wait_for_timeout(300)
        window.screenshot(path=str(OUT / f"{name}-{theme}-{width}.png"))
    shot("view", f"/documents/{d.pk}/")
    shot("void", f"/documents/{d2.pk}/?version=1")
    shot("file", f"/documents/file/{h.patient.pk}/")
    window.set_input_files("[name=file]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"nothing"})
    window.click("text=File and another")
    shot("file-error")
    shot("change", f"/documents/{d.pk}/change/")
    shot("move", f"/documents/{d.pk}/move/?q={h.other.mrn[:3]}")
    shot("move-name", f"/documents/{d.pk}/move/?q=okafor")
    shot("move-to", f"/documents/{d.pk}/move/?patient={h.other.pk}")
    shot("replace", f"/documents/{d.pk}/replace/")
    shot("voiding", f"/documents/{d.pk}/void/")
    shot("list", "/documents/unfiled/")
    window.set_input_files("[name=files]", [{"name": "good.pdf", "mimeType": "application/pdf", "buffer": pdf("Another").content}, {"name": "bad.pdf", "mimeType": "application/pdf", "buffer": b"nothing"}])
    window.click("button:has-text('Add')")
    window.wait_for_timeout(1500)
    shot("list-error")
    shot("desk", f"/documents/unfiled/{row.pk}/")
    shot("desk-found", f"/documents/unfiled/{row.pk}/?q=u")
    shot("desk-form", f"/documents/unfiled/{row.pk}/?patient={h.patient.pk}")
    window.select_option("[name=type]", "LAB")
    window.keyboard.press("Control+Enter")
    shot("desk-next")
    shot("chart", f"/charts/{h.patient.pk}/")
    shot("home", "/")
    print(window.troubles)
    print(window.url)
