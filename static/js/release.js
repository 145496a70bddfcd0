// Running counts on the pages that choose and tick pages; without script the server counts.

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
  const boxes = [...document.querySelectorAll("input[name=seen]")];
  const seen = boxes.filter((box) => box.checked).length;
  progress.querySelector("progress").value = seen;
  progress.querySelector(".progress-text").textContent = `${seen} of ${boxes.length}`;
}

const total = document.querySelector("[data-page-total]");
if (total) document.addEventListener("input", () => countChosen(total));

const progress = document.querySelector("[data-seen-progress]");
if (progress) {
  document.addEventListener("change", () => countSeen(progress));
  countSeen(progress);
}
