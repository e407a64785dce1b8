// Spares a click here and there; every page works without it.
"use strict";

// The browser knows where it is.
for (const field of document.querySelectorAll("[data-timezone]")) {
  if (!field.value) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}

// The first fault of a form has the focus; where the address names a part of the page, browsers leave that to us.
addEventListener("load", () => location.hash && document.querySelector("[aria-invalid][autofocus]")?.focus());

// A choice that changes what the rest of a form offers reloads it with that choice.
document.addEventListener("change", (event) => {
  const button = event.target.closest("[data-reloads]") && event.target.form.querySelector("[data-reload]");
  if (button) button.form.requestSubmit(button);
});

// A slider says its value: the number in the words beside it.
document.addEventListener("input", (event) => {
  const output = event.target.matches("input[type=range]") && event.target.parentElement.querySelector("output");
  if (output) output.textContent = output.textContent.replace(/\d+/, event.target.value);
});

// A menu or an explained word closes by Escape, which gives the focus back, and by a click elsewhere.
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(":is(.menu, .word)[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(":is(.menu, .word)[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// Messages that offer nothing to do go away by themselves, unless somebody is reading them.
const fade = (toast) => setTimeout(() => toast.matches(":hover") ? fade(toast) : toast.remove(), 8000);
const watch = (node) => { if (node.nodeType === 1 && node.matches(".toast.ok")) fade(node); };
const toasts = document.getElementById("toasts");
new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(watch)))
  .observe(toasts, { childList: true });
// What stood there from the beginning is put in once more: only what changes is read out.
const early = [...toasts.children];
if (early.length) { toasts.replaceChildren(); setTimeout(() => toasts.append(...early), 100); }

const singleKeys = () =>
  !document.activeElement.matches("input, select, textarea") && !localStorage.getItem("waymark-single-keys-off");

// "/" goes to the search, arrows go through what it found. Whoever switched single keys off is spared.
document.addEventListener("keydown", (event) => {
  const field = document.querySelector("[data-search]");
  if (!field || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const here = document.activeElement;
  if (event.key === "/" && singleKeys()) {
    event.preventDefault();
    field.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const stops = [field, ...document.querySelectorAll("main .hit")];
    const next = stops[stops.indexOf(here) + (event.key === "ArrowDown" ? 1 : -1)];
    if (!stops.includes(here) || !next) return;
    event.preventDefault();
    next.focus();
  }
});

// A tick whose answer does not come says so; the box, drawn as ticked while it was on its way, is as it was.
document.addEventListener("htmx:error", (event) => {
  if (!event.detail.ctx) return;
  const said = document.createElement("div");
  said.className = "toast failed";
  said.textContent = toasts.dataset.failed;
  toasts.append(said);
});

// After an undo the button that was pressed is gone: the focus goes to the row that it was about.
document.addEventListener("htmx:after:swap", () => {
  const row = document.activeElement === document.body && sent && document.getElementById(sent);
  if (row) row.querySelector("button")?.focus({ preventScroll: true });
  sent = "";
});
let sent = "";
document.addEventListener("htmx:before:request", (event) => {
  sent = (event.target.getAttribute?.("hx-target") || "").replace("#", "");
});

// A finger on a point of the timeline is shown its words first; the second touch follows it.
let touched = null;
document.addEventListener("click", (event) => {
  const spot = event.target.closest(".spot");
  if (spot && event.pointerType === "touch" && spot !== touched) {
    event.preventDefault();
    spot.focus();
  }
  touched = spot;
});

// The palette (Ctrl K, ⌘ K) and the list of shortcuts (?) come with their script once they are asked for; without it the
// link leads to the same as a page. g and a letter go somewhere.
const opener = document.querySelector("[data-palette]");
const show = (what) => import(opener.dataset.script).then((script) => script[what]())
  .catch(() => location.assign(document.querySelector(`[data-${what}]`).href));
const GO = { t: "/dashboard", p: "/plan", l: "/log", c: "/paths" };
let went = 0; // when "g" was pressed
if (opener) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-palette], [data-shortcuts]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link === opener ? "palette" : "shortcuts");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Control" || event.key === "Meta") import(opener.dataset.script).catch(() => {}); // K may follow
    else if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      show("palette");
    } else if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || !singleKeys()) return;
    else if (event.key === "?") { event.preventDefault(); show("shortcuts"); }
    else if (event.key === "g") went = event.timeStamp;
    else if (GO[event.key] && event.timeStamp - went < 1500) location.assign(GO[event.key]);
  });
  if (document.querySelector("[data-single-keys]")) import(opener.dataset.script).then((script) => script.wire());
}
