// Forms marked data-passkey: the browser is asked for a passkey, and its answer goes the way of every other form.
const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const decoded = (list) => (list || []).map((item) => ({ ...item, id: decode(item.id) }));

async function ask(form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.passkey, { method: "POST", body });
  if (!answer.ok) throw new Error(form.querySelector("[role=alert]").dataset.late);
  const said = await answer.json();
  const options = { ...said, challenge: decode(said.challenge) };
  if (said.user) {
    options.user = { ...said.user, id: decode(said.user.id) };
    options.excludeCredentials = decoded(said.excludeCredentials);
    return navigator.credentials.create({ publicKey: options });
  }
  options.allowCredentials = decoded(said.allowCredentials);
  return navigator.credentials.get({ publicKey: options });
}

function toJson({ id, rawId, type, response }) {
  const kept = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) kept[name] = encode(response[name]);
  }
  return JSON.stringify({ id, rawId: encode(rawId), type, response: kept });
}

function say(form, text) {
  const place = form.querySelector("[role=alert]");
  place.textContent = text;
  place.hidden = !text;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say(form, "");
    try {
      form.elements[form.dataset.field].value = toJson(await ask(form));
      form.submit();
    } catch (fault) {
      const { none, known } = form.querySelector("[role=alert]").dataset;
      say(form, { NotAllowedError: none, InvalidStateError: known }[fault.name] || fault.message);
    }
  });
}
