"use strict";
// The ledger: sort, filter, and a state in the address (#claims?sort=verdict&dir=descending).
const table = document.getElementById("ledger");
const [body, ...groups] = table.tBodies;
const rows = Array.from(table.querySelectorAll("tbody tr[data-verdict]"));
const headers = Array.from(table.tHead.rows[0].cells);
const byId = (id) => document.getElementById(id);
const inputs = { verdict: byId("filter-verdict"), paper: byId("filter-paper"), text: byId("filter-text") };
const tiles = Array.from(document.querySelectorAll(".tile"));
const unfold = byId("unfold-all");
const start = { column: "verdict", direction: "ascending" };
let order = start;
// Untestable rows with one reason: a line that opens. Without this script every row is in view.
const folds = groups.map((group) => {
  const name = group.querySelector(".fold-name");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "fold-name";
  button.textContent = name.textContent;
  name.replaceWith(button);
  const head = group.rows[0];
  return { group, head, button, words: head.textContent, rows: Array.from(group.rows).slice(1), open: false };
});
const foldOf = new Map(folds.flatMap((fold) => fold.rows.map((row) => [row, fold])));

const key = (row, index) => row.cells[index].dataset.key || row.cells[index].textContent.trim();
function compare(a, b) {
  const numeric = [a, b].map((text) => text !== "" && Number.isFinite(Number(text)));
  if (numeric[0] && numeric[1]) return Number(a) - Number(b);
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
  return a.localeCompare(b, "en");
}

function sorted(list, index, sign) {
  const entries = list.map((row) => ({ row, place: Number(row.dataset.place), key: key(row, index) }));
  entries.sort((a, b) => {
    if ((a.key === "") !== (b.key === "")) return a.key === "" ? 1 : -1;
    return sign * compare(a.key, b.key) || a.place - b.place;
  });
  return entries.map((entry) => entry.row);
}

function sort() {
  const index = headers.findIndex((header) => header.dataset.column === order.column);
  const sign = order.direction === "descending" ? -1 : 1;
  body.append(...sorted(rows.filter((row) => !foldOf.has(row)), index, sign));
  for (const fold of folds) fold.group.append(fold.head, ...sorted(fold.rows, index, sign));
  const by = order.column in { claim: 0, paper: 0 } ? order.column : "claim";
  const turn = by === order.column ? sign : 1;
  folds.sort((a, b) => turn * (Number(a.group.dataset[by]) - Number(b.group.dataset[by])));
  table.append(...folds.map((fold) => fold.group));
  for (const header of headers) {
    const active = header.dataset.column === order.column;
    header.setAttribute("aria-sort", active ? order.direction : "none");
  }
}

const plain = (text) => text.toLowerCase().replace(/(\d),(?=\d{3})/g, "$1");
function matches(row, words) {
  const fold = foldOf.get(row);
  const text = plain(row.textContent + (fold ? fold.words : ""));
  return !(
    (inputs.verdict.value && row.dataset.verdict !== inputs.verdict.value) ||
    (inputs.paper.value && row.dataset.paper !== inputs.paper.value) ||
    !words.every((word) => text.includes(word))
  );
}

function filter() {
  const words = plain(inputs.text.value).split(" ").filter(Boolean);
  const found = new Set(rows.filter((row) => matches(row, words)));
  let away = 0;
  for (const row of rows) {
    const fold = foldOf.get(row);
    row.hidden = !found.has(row) || Boolean(fold && !fold.open);
    away += found.has(row) && row.hidden ? 1 : 0;
  }
  for (const fold of folds) {
    const count = fold.rows.filter((row) => found.has(row)).length;
    fold.head.hidden = count === 0;
    fold.button.setAttribute("aria-expanded", String(fold.open));
    fold.head.querySelector(".matching").textContent =
      count < fold.rows.length ? `${count} of ${fold.rows.length} rows match` : "";
  }
  for (const tile of tiles) {
    tile.setAttribute("aria-pressed", String(tile.dataset.verdict === inputs.verdict.value));
  }
  if (unfold) unfold.textContent = folds.every((fold) => fold.open) ? "Fold all" : "Unfold all";
  const name = headers.find((header) => header.dataset.column === order.column).textContent.trim();
  byId("ledger-status").textContent =
    `${found.size} of ${rows.length} rows, sorted by ${name.toLowerCase()}, ${order.direction}` +
    (away ? `; ${away} not testable are folded` : "");
}

function open(state) {
  for (const fold of folds) fold.open = state;
}

function remember() {
  const state = new URLSearchParams();
  if (order.column !== start.column || order.direction !== start.direction) {
    state.set("sort", order.column);
    state.set("dir", order.direction);
  }
  for (const [name, input] of Object.entries(inputs)) if (input.value) state.set(name, input.value);
  const text = state.toString();
  history.replaceState(null, "", text ? `#claims?${text}` : "#claims");
}

function recall() {
  const hash = location.hash;
  if (hash.startsWith("#claims?")) {
    const state = new URLSearchParams(hash.slice("#claims?".length));
    for (const [name, input] of Object.entries(inputs)) {
      input.value = state.get(name) || "";
      if (input.selectedIndex === -1) input.selectedIndex = 0;
    }
    const column = state.get("sort");
    const direction = state.get("dir") === "descending" ? "descending" : "ascending";
    const known = headers.some((header) => header.dataset.column === column);
    order = known ? { column, direction } : start;
    open(Boolean(inputs.text.value));
    sort();
    filter();
    byId("claims").scrollIntoView();
  } else if (hash.startsWith("#claim-")) {
    const row = byId(decodeURIComponent(hash.slice(1)));
    if (row && row.hidden) {
      const fold = foldOf.get(row);
      if (fold) fold.open = true;
      filter();
      if (row.hidden) {
        for (const input of Object.values(inputs)) input.value = "";
        filter();
      }
      row.scrollIntoView();
    }
  }
}

function clear() {
  for (const input of Object.values(inputs)) input.value = "";
  open(false);
  filter();
}

for (const header of headers) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = header.textContent;
  header.replaceChildren(button);
  button.addEventListener("click", () => {
    const column = header.dataset.column;
    const again = order.column === column && order.direction === "ascending";
    order = { column, direction: again ? "descending" : "ascending" };
    sort();
    filter();
    remember();
  });
}
for (const input of Object.values(inputs)) {
  input.addEventListener("input", () => {
    if (input === inputs.text) open(Boolean(input.value));
    filter();
    remember();
  });
}
for (const fold of folds) {
  fold.button.addEventListener("click", () => { fold.open = !fold.open; filter(); });
}
if (unfold) {
  unfold.addEventListener("click", () => { open(!folds.every((fold) => fold.open)); filter(); });
}
for (const tile of tiles) {
  tile.addEventListener("click", () => {
    const verdict = tile.dataset.verdict;
    inputs.verdict.value = inputs.verdict.value === verdict ? "" : verdict;
    filter();
    remember();
  });
}
byId("filter-clear").addEventListener("click", () => { clear(); remember(); });
addEventListener("hashchange", recall);
document.documentElement.classList.add("js");
filter();
recall();

// Figures: enlarge and save.
const dialog = byId("enlarged");
for (const image of document.querySelectorAll(".canvas img")) {
  const tools = image.closest("figure").querySelector(".tools");
  const enlarge = document.createElement("button");
  enlarge.type = "button";
  enlarge.textContent = "Enlarge";
  enlarge.addEventListener("click", () => {
    const large = dialog.querySelector("img");
    large.src = image.src;
    large.alt = image.alt;
    dialog.showModal();
  });
  const save = document.createElement("a");
  save.href = image.src;
  save.download = image.dataset.file;
  save.className = "download";
  save.textContent = `Save ${image.dataset.file.split(".").pop().toUpperCase()}`;
  tools.prepend(enlarge, " ", save, " ");
}

// Navigation: mark the section in view.
const links = new Map(
  Array.from(document.querySelectorAll("nav.bar li a"), (link) => [link.hash.slice(1), link])
);
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    for (const [id, link] of links) {
      if (id === entry.target.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
}, { rootMargin: "-30% 0px -65% 0px" });
for (const id of links.keys()) watcher.observe(byId(id));
