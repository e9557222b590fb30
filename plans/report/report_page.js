"use strict";
const changes = [...document.querySelectorAll(".change")];
const sections = [...document.querySelectorAll("section[data-kind]")];
const chips = [...document.querySelectorAll("button[data-kind]")];
const search = document.querySelector("input[type=search]");
const shown = document.querySelector("#shown");
let texts = null;
const visible = () => changes.filter(c => !c.hidden && !c.parentElement.hidden);
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length && !texts) texts = changes.map(c => c.textContent.toLowerCase());
  changes.forEach((c, i) => { c.hidden = !words.every(w => texts[i].includes(w)); });
  const off = new Set(chips.filter(c => c.getAttribute("aria-pressed") == "false").map(c => c.dataset.kind));
  sections.forEach(s => { s.hidden = off.has(s.dataset.kind) || !s.querySelector(".change:not([hidden])"); });
  const count = visible().length;
  shown.textContent = count == changes.length ? "" : count + " of " + changes.length + " shown";
}
let waiting = 0;
search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
chips.forEach(c => c.addEventListener("click", () => {
  c.setAttribute("aria-pressed", c.getAttribute("aria-pressed") == "true" ? "false" : "true");
  filter();
}));
const setOpen = open => visible().forEach(c => { c.open = open; });
document.querySelector("#unfold").addEventListener("click", () => setOpen(true));
document.querySelector("#fold").addEventListener("click", () => setOpen(false));
function step(by) {
  const list = visible();
  const here = list.indexOf(document.activeElement.closest && document.activeElement.closest(".change"));
  const next = list[here < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, here + by))];
  if (next) { next.querySelector("summary").focus(); next.scrollIntoView({ block: "nearest" }); }
}
document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.altKey || e.metaKey) return;
  if (e.target == search) {
    if (e.key == "Escape") { search.value = ""; filter(); search.blur(); }
    if (e.key == "Enter") { filter(); step(1); }
    return;
  }
  const act = { "/": () => search.focus(), j: () => step(1), k: () => step(-1), e: () => setOpen(true), c: () => setOpen(false) }[e.key];
  if (act) { act(); e.preventDefault(); }
});
let before = [];
addEventListener("beforeprint", () => { before = changes.filter(c => !c.open && !c.hidden); before.forEach(c => { c.open = true; }); });
addEventListener("afterprint", () => { before.forEach(c => { c.open = false; }); });
function follow() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target && target.tagName == "DETAILS") { target.open = true; target.scrollIntoView(); }
}
addEventListener("hashchange", follow);
follow();
