// The patient's own name while logging; running counts on the pages that choose and tick pages, and
// looking through them by keyboard. Without script the name is typed and the server counts.
import { all, announce } from "./dom.js";

function pagesIn(text, most) {
  if (!text.trim() || text.trim().toLowerCase() === "all") return most;
  const pages = new Set();
  for (const part of text.split(/[,;]/)) {
    const [first, last] = part.split("-").map((number) => parseInt(number, 10));
    if (!first) return 0;
    const end = part.includes("-") ? last || most : first;
    for (let page = first; page <= Math.min(end, most); page += 1) pages.add(page);
  }
  return pages.size;
}

function countChosen(total) {
  let count = 0;
  for (const box of document.querySelectorAll("input[name=document]")) {
    const range = box.closest("tr").querySelector("input[name^=pages-]");
    if (box.checked) count += pagesIn(range.value, Number(box.dataset.pageCount));
  }
  total.textContent = String(count);
}

function countSeen(progress) {
  const boxes = all("input[name=seen]");
  const seen = boxes.filter((box) => box.checked).length;
  progress.querySelector("progress").value = seen;
  progress.querySelector(".progress-text").textContent = `${seen} of ${boxes.length}`;
  const why = document.querySelector("[data-why-unseen]");
  if (why) holdApproval(why, boxes.length - seen, boxes.length);
}

/** Keep Approve disabled, with the reason, while a page is not ticked. */
function holdApproval(why, missing, most) {
  const button = document.querySelector("button[value=approve]");
  button.disabled = missing > 0;
  button.setAttribute("aria-describedby", why.id);
  why.hidden = missing === 0;
  why.textContent = `${missing} of ${most} ${most === 1 ? "page" : "pages"} ${missing === 1 ? "is" : "are"} not ticked as seen yet.`;
}

const total = document.querySelector("[data-page-total]");
if (total) document.addEventListener("input", () => countChosen(total));

/** The page whose box has the focus, else the one in the middle of the window. */
function pageHere(pages) {
  const focused = document.activeElement?.closest("[data-page]");
  const isShown = (page) => page.getBoundingClientRect().bottom > 0 && page.getBoundingClientRect().top < innerHeight;
  if (focused && isShown(focused)) return focused;
  return pages.find((page) => page.getBoundingClientRect().bottom > innerHeight / 2) ?? pages.at(-1);
}

/** Nobody has seen a page whose picture has not come yet. */
function isLoaded(page) {
  const picture = page.querySelector("img");
  return picture.complete && picture.naturalWidth > 0;
}

/** Tick the page that is looked at and go to the next one that is not ticked. */
function seenAndNext(root) {
  const pages = all("[data-page]", root);
  const box = (page) => page.querySelector("input[name=seen]");
  const here = pageHere(pages);
  if (!here) return;
  if (!isLoaded(here)) {
    announce("This page has not loaded yet.");
    return;
  }
  box(here).checked = true;
  box(here).dispatchEvent(new Event("input", { bubbles: true }));
  box(here).dispatchEvent(new Event("change", { bubbles: true }));
  const left = pages.filter((page) => !box(page).checked);
  const next = left.find((page) => pages.indexOf(page) > pages.indexOf(here)) ?? left[0];
  if (!next) {
    announce("Every page is seen.");
    root.querySelector("button[value=approve]")?.focus();
    return;
  }
  box(next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
  announce(`${pages.length - left.length} of ${pages.length} seen`);
}

const progress = document.querySelector("[data-seen-progress]");
if (progress) {
  document.addEventListener("change", () => countSeen(progress));
  countSeen(progress);
}

const next = document.querySelector("[data-seen-next]");
if (next) {
  next.hidden = false;
  next.addEventListener("click", () => seenAndNext(next.closest("[data-approval]")));
}

/** Where the patient asks, the patient's own name stands; it makes room for anybody else's. */
function nameOwn(form) {
  const { requester_kind: kind, requester_name: name } = form.elements;
  const own = form.dataset.ownName;
  const isOwn = kind.value === "PATIENT";
  if (isOwn && !name.value) name.value = own;
  if (!isOwn && name.value === own) name.value = "";
}

const logging = document.querySelector("form[data-own-name]");
if (logging) {
  logging.elements.requester_kind.addEventListener("change", () => nameOwn(logging));
  nameOwn(logging);
}
