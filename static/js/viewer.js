// Pages of one document as images. Every page shown is asked of the server once while the
// document is open (each is recorded there), then kept decoded in memory; none is fetched ahead.
// A page looked at closely is asked for once more, twice as fine.
import { all, announce, isTyping } from "./dom.js";

const ZOOM = 1.25;
const BOUNDS = [0.2, 5];
const CLOSE = 1.3;
const SETTLED = 400;

class Viewer {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector("[data-stage]");
    this.field = root.querySelector("[data-page-field]");
    this.total = Number(root.dataset.pages);
    this.page = Number(root.dataset.page || 1);
    this.images = new Map();
    this.mode = "width";
    this.zoom = 1;
    this.turns = new Map();
    this.sharp = new Map();
    this.closer = 0;
    this.adopt();
    this.bind();
    this.show(this.page);
  }

  adopt() {
    const first = this.stage.querySelector("img");
    if (first) this.images.set(this.page, first);
  }

  bind() {
    const acts = {
      previous: () => this.show(this.page - 1),
      next: () => this.show(this.page + 1),
      in: () => this.scale(this.zoom * ZOOM),
      out: () => this.scale(this.zoom / ZOOM),
      fit: () => this.fit(this.mode === "width" ? "page" : "width"),
      turn: () => this.turn(),
    };
    for (const button of all("[data-view]", this.root)) button.addEventListener("click", acts[button.dataset.view]);
    for (const thumb of all("[data-thumb]", this.root)) thumb.addEventListener("click", () => this.show(Number(thumb.dataset.thumb)));
    this.field?.addEventListener("change", () => this.show(Number(this.field.value)));
    document.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.layout()).observe(this.stage);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const pages = { ArrowRight: this.page + 1, PageDown: this.page + 1, ArrowLeft: this.page - 1, PageUp: this.page - 1, Home: 1, End: this.total };
    if (!(event.key in pages)) return;
    event.preventDefault();
    this.show(pages[event.key]);
  }

  async show(wanted) {
    const page = Math.min(this.total, Math.max(1, Math.round(wanted) || this.page));
    this.page = page;
    if (this.field) this.field.value = page;
    for (const thumb of all("[data-thumb]", this.root)) this.mark(thumb);
    this.stage.setAttribute("aria-busy", "true");
    const image = await this.load(page);
    // A faster person is already somewhere else.
    if (this.page !== page) return;
    this.stage.setAttribute("aria-busy", "false");
    this.stage.replaceChildren(this.sharp.get(page) ?? image);
    this.stage.scrollTo(0, 0);
    this.layout();
    announce(`Page ${page} of ${this.total}`);
    this.root.dispatchEvent(new CustomEvent("viewer:page", { detail: { page }, bubbles: true }));
  }

  mark(thumb) {
    if (Number(thumb.dataset.thumb) !== this.page) thumb.removeAttribute("aria-current");
    else {
      thumb.setAttribute("aria-current", "page");
      thumb.scrollIntoView({ block: "nearest" });
    }
  }

  async load(page) {
    if (!this.images.has(page)) {
      const image = new Image();
      image.alt = `${this.root.dataset.title}, page ${page} of ${this.total}`;
      image.src = addressOf(this.root.dataset.image, page);
      this.images.set(page, image);
    }
    const image = this.images.get(page);
    try {
      await image.decode();
    } catch {
      this.images.delete(page);
      const note = document.createElement("p");
      note.textContent = `Page ${page} cannot be shown.`;
      return note;
    }
    return image;
  }

  layout() {
    const image = this.stage.querySelector("img");
    if (!image?.naturalWidth) return;
    const turn = this.turns.get(this.page) ?? 0;
    // Zoom counts in pixels of the ordinary picture, also where the finer one is shown.
    const { naturalWidth, naturalHeight } = this.images.get(this.page) ?? image;
    const [wide, high] = turn % 2 ? [naturalHeight, naturalWidth] : [naturalWidth, naturalHeight];
    const room = { width: this.stage.clientWidth - 28, height: this.stage.clientHeight - 28 };
    if (this.mode === "width") this.zoom = room.width / wide;
    if (this.mode === "page") this.zoom = Math.min(room.width / wide, room.height / high);
    const [width, height] = [naturalWidth * this.zoom, naturalHeight * this.zoom];
    image.style.width = `${width}px`;
    image.style.height = `${height}px`;
    image.style.rotate = `${turn * 90}deg`;
    image.style.margin = turn % 2 ? `${(width - height) / 2}px ${(height - width) / 2}px` : "0";
    const shown = this.root.querySelector("[data-zoom]");
    if (shown) shown.textContent = `${Math.round(this.zoom * 100)} %`;
    clearTimeout(this.closer);
    const isClose = this.mode === "free" && this.zoom > CLOSE && !this.sharp.has(this.page);
    if (isClose) this.closer = setTimeout(() => this.sharpen(this.page), SETTLED);
  }

  /** Put the finer picture of a page in place of the one shown; if there is none, nothing changes. */
  async sharpen(page) {
    const image = new Image();
    image.alt = `${this.root.dataset.title}, page ${page} of ${this.total}`;
    image.src = `${addressOf(this.root.dataset.image, page)}?sharp=1`;
    try {
      await image.decode();
    } catch {
      return;
    }
    this.sharp.set(page, image);
    if (this.page !== page) return;
    this.stage.replaceChildren(image);
    this.layout();
  }

  scale(zoom) {
    this.mode = "free";
    this.zoom = Math.min(BOUNDS[1], Math.max(BOUNDS[0], zoom));
    this.layout();
    announce(`${Math.round(this.zoom * 100)} percent`);
  }

  fit(mode) {
    this.mode = mode;
    this.layout();
    announce(mode === "width" ? "Fit to width" : "Whole page");
  }

  turn() {
    this.turns.set(this.page, ((this.turns.get(this.page) ?? 0) + 1) % 4);
    this.layout();
    announce("Turned right, only on this screen");
  }
}

/** The template is the address of page 0; the page takes the place of that 0. */
const addressOf = (template, page) => template.replace(/\/0(?=[./?]|$)/, `/${page}`);

for (const root of all("[data-viewer]")) new Viewer(root);
