// The palette (Ctrl K, ⌘ K), the list of shortcuts (?), and g with a letter to go somewhere.
// Both dialogs are filled by the server: /palette and /shortcuts are pages as well.
"use strict";
{
  const OFF = "waymark-single-keys-off";
  const GO = { t: "/dashboard", p: "/plan", l: "/log", c: "/paths" };
  const typing = () => document.activeElement.matches("input, select, textarea, [contenteditable]");
  const piece = async (address, signal) => {
    const answer = await fetch(address, { signal, headers: { "HX-Request": "true" } });
    if (answer.status === 401) location.assign(answer.headers.get("HX-Redirect") || "/login");
    if (!answer.ok) throw new Error(answer.status);
    return answer.text();
  };

  const dialog = (id, label) => {
    const made = document.createElement("dialog");
    made.id = id;
    made.className = "dialog";
    made.setAttribute("aria-label", label);
    made.addEventListener("click", (event) => { if (event.target === made) made.close(); });
    document.body.append(made);
    return made;
  };

  // --- the palette ---
  let field, lines, running, loaded;
  const build = (opener) => {
    const made = dialog("palette", opener.dataset.palette);
    field = document.createElement("input");
    Object.assign(field, { type: "search", autocomplete: "off", maxLength: 200, placeholder: opener.dataset.hint });
    field.setAttribute("aria-label", opener.dataset.palette);
    lines = document.createElement("div");
    made.append(field, lines);
    field.addEventListener("input", () => { loaded = load(); });
    made.addEventListener("keydown", onKey);
    return made;
  };
  const load = async () => {
    running?.abort();
    running = new AbortController();
    const from = location.pathname + location.search;
    try {
      lines.innerHTML = await piece(`/palette?${new URLSearchParams({ q: field.value, from })}`, running.signal);
    } catch (fault) {
      if (fault.name !== "AbortError") lines.textContent = document.querySelector("[data-palette]").dataset.failed;
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
  const openPalette = () => {
    const opener = document.querySelector("[data-palette]");
    if (!opener) return;
    const shown = document.getElementById("palette") || build(opener);
    if (shown.open) return;
    field.value = "";
    shown.showModal();
    field.focus();
    loaded = load();
  };

  // --- the list of shortcuts, and the switch for those of a single key (WCAG 2.1.4) ---
  const wire = (root) => {
    const choice = root.querySelector("[data-single-keys]");
    if (!choice) return;
    const box = choice.querySelector("input");
    choice.hidden = false;
    box.checked = !localStorage.getItem(OFF);
    box.addEventListener("change", () => box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1"));
  };
  const openShortcuts = async () => {
    const link = document.querySelector("[data-shortcuts]");
    if (!link) return;
    const shown = document.getElementById("shortcuts") || dialog("shortcuts", link.textContent);
    if (shown.open) return;
    shown.innerHTML = await piece("/shortcuts");
    wire(shown);
    shown.showModal();
  };
  wire(document);

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette], [data-shortcuts]");
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (opener.matches("[data-palette]")) openPalette(); else openShortcuts();
  });

  let went = 0; // when "g" was pressed
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    const single = !event.ctrlKey && !event.metaKey && !event.altKey && !typing() && !localStorage.getItem(OFF);
    if (!single || document.querySelector("dialog[open]")) return;
    if (event.key === "?") { event.preventDefault(); openShortcuts(); }
    else if (event.key === "g") went = event.timeStamp;
    else if (GO[event.key] && event.timeStamp - went < 1500) location.assign(GO[event.key]);
  });
}
