// The palette and the list of shortcuts as dialogs over any page. waymark.js loads this once one of them is asked for.
// Both are filled by the server: /palette and /shortcuts are pages as well.
const OFF = "waymark-single-keys-off";
const opener = document.querySelector("[data-palette]");

const piece = async (address, signal) => {
  const answer = await fetch(address, { signal, headers: { "HX-Request": "true" } });
  if (answer.status === 401) location.assign(answer.headers.get("HX-Redirect") || "/login");
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
};

const made = (kind, given) => Object.assign(document.createElement(kind), given);
const dialog = (id, ariaLabel) => {
  const box = made("dialog", { id, ariaLabel, className: "dialog" });
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  return box;
};
const closer = (box) => made("button", {
  type: "button", className: "button quiet small", textContent: opener.dataset.close, onclick: () => box.close(),
});

// --- the palette ---
let field, lines, count, running, loaded;
const build = () => {
  const box = dialog("palette", opener.dataset.palette);
  field = made("input", { type: "search", autocomplete: "off", maxLength: 200, placeholder: opener.dataset.hint });
  field.ariaLabel = opener.dataset.palette;
  lines = made("div", {});
  count = made("p", { className: "visually-hidden", role: "status" }); // it stays: what is put in is read out
  box.append(field, lines, count, closer(box));
  field.addEventListener("input", () => { loaded = load(); });
  box.addEventListener("keydown", onKey);
  return box;
};
const load = async () => {
  running?.abort();
  running = new AbortController();
  const from = location.pathname + location.search;
  try {
    lines.innerHTML = await piece(`/palette?${new URLSearchParams({ q: field.value, from })}`, running.signal);
    const said = lines.querySelector("[role=status]");
    count.textContent = said.textContent;
    said.remove();
  } catch (fault) {
    if (fault.name !== "AbortError") lines.textContent = count.textContent = opener.dataset.failed;
  }
};
const onKey = async (event) => {
  const stops = [field, ...lines.querySelectorAll(".hit")];
  const here = stops.indexOf(document.activeElement);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    stops[here + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  } else if (event.key === "Enter" && here === 0) {
    event.preventDefault();
    await loaded; // what is chosen fits what was typed last
    lines.querySelector(".hit")?.click();
  }
};
export const palette = () => {
  const box = document.getElementById("palette") || build();
  if (box.open) return;
  field.value = "";
  box.showModal();
  field.focus();
  loaded = load();
};

// --- the list of shortcuts, and the switch for those of a single key (WCAG 2.1.4) ---
export const wire = (root = document) => {
  const choice = root.querySelector("[data-single-keys]");
  const box = choice.querySelector("input");
  choice.hidden = false;
  box.checked = !localStorage.getItem(OFF);
  box.addEventListener("change", () => box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"));
};
export const shortcuts = async () => {
  const link = document.querySelector("[data-shortcuts]");
  const box = document.getElementById("shortcuts") || dialog("shortcuts", link.textContent);
  if (box.open) return;
  box.innerHTML = await piece("/shortcuts");
  box.append(closer(box));
  wire(box);
  box.showModal();
};
