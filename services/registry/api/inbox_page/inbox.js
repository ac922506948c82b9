// Shows an agency its cases with its own token, which lives in this tab's session storage only; writes text, never markup.
"use strict";

const TOKEN = "wayhome-inbox-token";
const REGISTRY = "/registry/v1";
const at = (id) => document.getElementById(id);
const words = (code) => code.replace(/[._-]/g, " ");
const day = (instant) => instant.slice(0, 10);
const short = (reference) => element("abbr", { title: reference }, `${reference.slice(0, 11)}…`);
let own = null;
let types = [];

function takeTokenFromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(TOKEN, given);
    history.replaceState(null, "", location.pathname);
  }
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick" || key === "onsubmit" || key === "onchange") made.addEventListener(key.slice(2), value);
    else if (value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

async function ask(path, body) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}` };
  if (body !== undefined) Object.assign(headers, { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() });
  const answer = await fetch(path, { method: body === undefined ? "GET" : "POST", headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  if (answer.ok && answer.headers.get("Content-Type") === "application/jose") return { encrypted: text };
  const found = text ? JSON.parse(text) : null;
  if (!answer.ok) throw Object.assign(new Error(found?.title || "It did not work"), { status: answer.status, slug: found?.slug });
  return found;
}

function tell(text) { at("problem").textContent = ""; at("status").textContent = text; }

function fail(error) {
  at("status").textContent = "";
  at("problem").textContent = `${error.message}${error.slug ? ` (${error.slug})` : ""}.`;
  if (error.status === 401) { sessionStorage.removeItem(TOKEN); gate(); }
}

const doing = (work) => async (event) => {
  event?.preventDefault();
  try { await work(event); } catch (error) { fail(error); }
};

function table(caption, columns, rows, empty) {
  if (!rows.length) return element("p", { class: "empty" }, empty);
  const head = element("tr", {}, ...columns.map(([title]) => element("th", { scope: "col" }, title)));
  const body = rows.map((row) => element("tr", {}, ...columns.map(([, read]) => element("td", {}, read(row) ?? "–"))));
  return element("div", { class: "scroll" }, element("table", {}, element("caption", {}, caption), element("thead", {}, head), element("tbody", {}, ...body)));
}

function due(entry) {
  if (!entry.due) return "no day agreed";
  return entry.overdue ? element("span", { class: "late" }, `${entry.due}, overdue`) : entry.due;
}

function owed(place, title, entries, empty) {
  const late = entries.filter((entry) => entry.overdue).length;
  at(place === "they" ? "you-owe" : "we-owe").textContent = `${title} ${entries.length}${late ? `, ${late} overdue` : ""}`;
  at(place).replaceChildren(table("Most urgent first", [["Case", (e) => short(e.agency_case_ref)], ["Waits for", (e) => words(e.what)], ["Since", (e) => e.since], ["Due", due]], entries, empty));
}

async function clocks() {
  own = await ask(`${REGISTRY}/agency-clocks`);
  at("who").textContent = `${own.name}: ${own.roles.map(words).join(", ")}`;
  owed("they", "You owe us", own.you_owe_us, "Nothing waits for you.");
  owed("we", "We owe you", own.we_owe_you, "None of your questions waits for us.");
}

const shown = (value) => value !== null && typeof value === "object" ? JSON.stringify(value) : String(value ?? "–");

function person(found, number, all) {
  return table(`Person ${number + 1} of ${all.length}`, [["Field", ([name]) => words(name)], ["Value", ([, value]) => Array.isArray(value) ? value.map(shown).join(", ") : shown(value)]], Object.entries(found), "Nothing.");
}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const utf8 = (text) => new TextEncoder().encode(text);
const number = (value) => new Uint8Array([0, 0, value >> 8, value & 255]);
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...new Uint8Array(part)]));

// A package encrypted to the organisation's X25519 key (JWE, ECDH-ES+A256KW, A256GCM): RFC 7516, 7518 4.6 and 8037.
async function decrypted(token, { x, d }) {
  const [head, wrapped, nonce, body, tag] = token.split(".");
  const { epk } = JSON.parse(new TextDecoder().decode(bytes(head)));
  const own = await crypto.subtle.importKey("jwk", { kty: "OKP", crv: "X25519", x, d }, { name: "X25519" }, false, ["deriveBits"]);
  const theirs = await crypto.subtle.importKey("jwk", { kty: "OKP", crv: "X25519", x: epk.x }, { name: "X25519" }, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "X25519", public: theirs }, own, 256);
  const name = utf8("ECDH-ES+A256KW");
  const derived = await crypto.subtle.digest("SHA-256", joined(number(1), shared, number(name.length), name, number(0), number(0), number(256)));
  const wrapping = await crypto.subtle.importKey("raw", derived, "AES-KW", false, ["unwrapKey"]);
  const key = await crypto.subtle.unwrapKey("raw", bytes(wrapped), wrapping, "AES-KW", "AES-GCM", false, ["decrypt"]);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(nonce), additionalData: utf8(head) }, key, joined(bytes(body), bytes(tag)));
  return JSON.parse(new TextDecoder().decode(plain));
}

function unlocking(token, place, open) {
  const unlock = doing(async (event) => {
    const file = event.target.files[0];
    let found;
    try { found = await decrypted(token, JSON.parse(await file.text())); } catch { throw new Error("This key does not open the package, or this browser cannot use such keys"); }
    open(found);
  });
  place.replaceChildren(
    element("h4", {}, "This package is encrypted to your organisation's key"),
    element("p", { class: "hint" }, "Choose the file with your private key (a JSON Web Key). It is used in this tab only, and neither sent nor kept."),
    element("label", {}, "Key file ", element("input", { type: "file", accept: ".json,.jwk,application/json", onchange: unlock })),
  );
}

function reading(event, place) {
  const path = new URL(event.data.detail_url, location.href).pathname;
  return doing(async () => {
    const found = await ask(path);
    if (found.encrypted) unlocking(found.encrypted, place, (package_) => opened(package_, path, place));
    else opened(found, path, place);
  });
}

function opened(found, path, place) {
  const confirm = doing(async () => { await ask(`${path}/receipt`, {}); tell("Receipt confirmed."); });
  const open = (found.warnings ?? []).includes("not_encrypted");
  place.replaceChildren(
    element("h4", {}, `Package for ${words(found.purpose)}: answer by ${found.answer_by}, destroy by ${found.destroy_by}`),
    ...(open ? [element("p", { class: "hint" }, "Only the connection protected this package. Have an encryption key entered, and it comes encrypted to you.")] : []),
    ...found.persons.map(person),
    element("button", { type: "button", onclick: confirm }, "Confirm receipt"), " ",
    element("button", { type: "button", onclick: () => place.replaceChildren() }, "Put away"),
  );
}

function events(found, place) {
  const act = (event) => event.data.detail_url ? element("button", { type: "button", onclick: reading(event, place) }, "Read package") : "";
  const facts = (event) => Object.entries(event.data)
    .filter(([name]) => !["agency_case_ref", "sequence", "occurred_at", "detail_url"].includes(name))
    .map(([name, value]) => Array.isArray(value) ? `${value.length} persons` : `${words(name)}: ${value}`).join(", ");
  return table("What you were told", [["No.", (e) => String(e.data.sequence)], ["On", (e) => day(e.timestamp)], ["What", (e) => words(e.type)], ["Facts", facts], ["", act]], found, "Nothing yet.");
}

function field(name, shape, required) {
  const label = `${words(name)}${required ? "" : " (if known)"}`;
  if (shape.type === "array") return element("label", {}, label, element("select", { name, multiple: true, required }, ...shape.items.enum.map((code) => element("option", { value: code }, words(code)))));
  if (shape.enum) return element("label", {}, label, element("select", { name, required }, ...(required ? [] : [element("option", { value: "" }, "–")]), ...shape.enum.map((code) => element("option", { value: code }, words(code)))));
  return element("label", {}, label, element("input", { name, required, type: shape.format === "date" ? "date" : "text", ...(shape.pattern ? { pattern: shape.pattern.slice(1, -1) } : {}) }));
}

function answering(reference) {
  const choices = types.filter((entry) => entry.about === "case" && entry.type !== "data-destroyed.attested");
  if (!own.answers_by_form) return element("p", { class: "hint" }, "You answer with signed messages; answering here is not open to your organisation.");
  if (!choices.length) return element("p", { class: "hint" }, "Your roles have nothing to say here.");
  const fields = element("span", { class: "columns" });
  const choose = (type) => {
    const chosen = choices.find((entry) => entry.type === type);
    fields.replaceChildren(...Object.entries(chosen.facts).map(([name, shape]) => field(name, shape, chosen.required.includes(name))));
  };
  const select = element("select", { name: "type", onchange: (event) => choose(event.target.value) }, ...choices.map((entry) => element("option", { value: entry.type }, words(entry.type))));
  const send = doing(async (event) => {
    const form = new FormData(event.target);
    const data = { agency_case_ref: reference };
    for (const name of new Set(form.keys())) {
      const shape = choices.find((entry) => entry.type === form.get("type")).facts[name];
      if (name !== "type" && form.get(name)) data[name] = shape.type === "array" ? form.getAll(name) : form.get(name);
    }
    const said = await ask(`${REGISTRY}/agency-messages/forms`, { type: form.get("type"), data });
    await show();
    tell(`Said: ${words(said.message_type)}.`);
  });
  choose(choices[0].type);
  return element("form", { class: "answer", onsubmit: send }, element("label", {}, "Your answer", select), fields, element("button", { class: "main" }, "Send"));
}

function destroying(reference) {
  const duty = own.you_owe_us.find((entry) => entry.agency_case_ref === reference && entry.what === "data-destroyed.attested");
  if (!duty) return element("p", { class: "hint" }, "The request has ended. Nothing is left to attest.");
  const attest = (result) => doing(async () => {
    await ask(`${REGISTRY}/agency-cases/${encodeURIComponent(reference)}/attestation`, { result });
    await show();
    tell(result === "destroyed" ? "Attested: destroyed." : "Attested: never received.");
  });
  return element("p", {}, `The request has ended: destroy what you have by ${duty.due}. `,
    element("button", { type: "button", class: "main", onclick: attest("destroyed") }, "We have destroyed it"), " ",
    element("button", { type: "button", onclick: attest("not_received") }, "We never received anything"));
}

async function oneCase(entry) {
  const place = element("div", { "aria-live": "polite" });
  const found = await ask(`${REGISTRY}/agency-cases/${encodeURIComponent(entry.agency_case_ref)}/events`);
  const title = `Case ${entry.agency_case_ref}`;
  return element("article", { "aria-label": title }, element("h3", {}, "Case ", short(entry.agency_case_ref)), events(found, place), place,
    entry.ended_on ? destroying(entry.agency_case_ref) : answering(entry.agency_case_ref));
}

async function cases() {
  const ended = document.querySelector("input[name=ended]:checked").value;
  const found = await ask(`${REGISTRY}/agency-cases?ended=${ended}`);
  const shown = await Promise.all(found.map((entry) => oneCase(entry)));
  at("list").replaceChildren(...(shown.length ? shown : [element("p", { class: "empty" }, ended === "true" ? "No request has ended." : "No open case.")]));
}

async function messages() {
  const found = (await ask(`${REGISTRY}/agency-messages?limit=100`)).items.reverse();
  const outcome = (entry) => entry.status === "not-applied" ? element("span", { class: "late" }, `not applied: ${words(entry.reason_code)}`) : words(entry.status);
  at("messages").replaceChildren(table("Newest first", [["On", (m) => day(m.received_at)], ["Case", (m) => m.agency_case_ref ? short(m.agency_case_ref) : null], ["What", (m) => words(m.message_type)], ["Outcome", outcome]], found, "Nothing yet."));
}

function gate() {
  const inside = Boolean(sessionStorage.getItem(TOKEN));
  at("gate").hidden = inside;
  for (const id of ["clocks", "cases", "said", "again", "leave"]) at(id).hidden = !inside;
  return inside;
}

async function show() {
  if (!gate()) return;
  tell("Loading…");
  types = await ask(`${REGISTRY}/agency-messages/types`);
  await clocks();
  await Promise.all([cases(), messages()]);
  await clocks(); // reading may have told something: then its clock runs
  tell("");
}

at("enter").addEventListener("submit", doing(async (event) => {
  sessionStorage.setItem(TOKEN, new FormData(event.target).get("token").trim());
  event.target.reset();
  await show();
}));
for (const choice of document.querySelectorAll("input[name=ended]")) choice.addEventListener("change", doing(cases));
at("again").addEventListener("click", doing(show));
at("leave").addEventListener("click", () => { sessionStorage.removeItem(TOKEN); location.reload(); });
addEventListener("hashchange", doing(async () => { if (location.hash.startsWith("#token=")) { takeTokenFromAddress(); await show(); } }));
takeTokenFromAddress();
show().catch(fail);
