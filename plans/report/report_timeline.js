"use strict";
const ops = new Map([...document.querySelectorAll(".op")].map(o => [o.dataset.row, o]));
const note = document.querySelector("#note");
function mark(op) {
  document.querySelectorAll(".marked").forEach(o => o.classList.remove("marked"));
  const names = [];
  for (let at = op, i = 0; at && i < 1000; at = ops.get(at.dataset.wait), i++) { at.classList.add("marked"); names.push(at.querySelector("title").textContent.split("\n")[0]); }
  note.textContent = names.join("  ←  ");
}
ops.forEach(o => { o.addEventListener("mouseenter", () => mark(o)); o.addEventListener("focus", () => mark(o)); });
const search = document.querySelector("input[type=search]");
search.addEventListener("input", () => {
  const word = search.value.toLowerCase();
  ops.forEach(o => { o.style.opacity = !word || o.querySelector("title").textContent.toLowerCase().includes(word) ? "" : "0.15"; });
});
document.addEventListener("keydown", e => { if (e.key == "/" && e.target != search) { search.focus(); e.preventDefault(); } });
