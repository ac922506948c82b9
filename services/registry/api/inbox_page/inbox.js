// Shows an agency its cases with its own token, which lives in this tab's session storage only; writes text, never markup.
import { canSeal, decrypted, nominalRoll, sealed } from "./package.js";

const TOKEN = "wayhome-inbox-token";
const REGISTRY = "/registry/v1";
const at = (id) => document.getElementById(id);
const words = (code) => code.replace(/[._-]/g, " ");
const day = (instant) => instant.slice(0, 10);
const short = (reference) => element("abbr", { title: reference }, `${reference.slice(0, 11)}…`);
const PAGE = 20;
const MESSAGES = 50;
const SAID = {
  "disclosure-ended": "This request has ended: no further action is needed, destroy what you have",
  "encryption-key-needed": "Your encryption key is no longer in use: have a new one entered by the administration",
  "form-not-opened": "Answering here is not open to your organisation",
  invalid: "Something does not have the form it must have: look at the article and at the days",
  "message-not-understood": "Something is missing without which this says nothing",
  "not-found": "This is not there for you: the reference is unknown, or is not yours",
  "nothing-to-attest": "There is nothing left to attest for this case",
  "personal-data-not-accepted": "Only codes and days can be said here, no names or numbers",
  "retention-not-explained": "Say the article, what is kept and until when",
  "role-missing": "Your organisation does not have the role for this",
  "sealed-answer-not-understood": "We could not open your answer: read the package again and answer once more",
  "too-many-messages": "Too many messages in a minute: wait a little, then send it again",
  unauthenticated: "Your token is not valid any more: sign in with a new one",
};
const packages = new Map();
let own = null;
let types = [];
let next = null;

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

async function call(path, body) {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}` };
  if (body !== undefined) Object.assign(headers, { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() });
  let answer;
  try {
    answer = await fetch(path, { method: body === undefined ? "GET" : "POST", headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Error("There is no connection; nothing was sent. Try again in a moment");
  }
  const text = await answer.text();
  const jose = answer.ok && answer.headers.get("Content-Type") === "application/jose";
  const found = jose ? { encrypted: text } : text ? JSON.parse(text) : null;
  if (!answer.ok) throw Object.assign(new Error(SAID[found?.slug] || found?.title || "It did not work"), { status: answer.status, slug: found?.slug });
  return { found, link: answer.headers.get("Link") };
}

const ask = async (path, body) => (await call(path, body)).found;

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

function unlocking(token, place, open) {
  const unlock = doing(async (event) => {
    const file = event.target.files[0];
    let found;
    try { found = await decrypted(token, JSON.parse(await file.text())); } catch { throw new Error("This key does not open the package, or this browser cannot use such keys"); }
    open(found);
  });
  place.replaceChildren(
    heading("This package is encrypted to your organisation's key"),
    element("p", { class: "hint" }, "Choose the file with your private key (a JSON Web Key). It is used in this tab only, and neither sent nor kept."),
    element("label", {}, "Key file ", element("input", { type: "file", accept: ".json,.jwk,application/json", onchange: unlock })),
  );
  place.firstChild.focus();
}

const heading = (words) => element("h4", { tabindex: "-1" }, words);

function reading(event, place) {
  const path = new URL(event.data.detail_url, location.href).pathname;
  return doing(async () => {
    const found = await ask(path);
    const open = (package_) => opened(package_, path, place, event.data.agency_case_ref);
    if (found.encrypted) unlocking(found.encrypted, place, open);
    else open(found);
  });
}

function opened(found, path, place, reference) {
  const confirm = doing(async () => { await ask(`${path}/receipt`, {}); tell("Receipt confirmed."); });
  const away = () => { packages.delete(path); place.replaceChildren(); roll(); };
  const open = (found.warnings ?? []).includes("not_encrypted");
  packages.set(path, { reference, found });
  roll();
  place.replaceChildren(
    heading(`Package for ${words(found.purpose)}: answer by ${found.answer_by}, destroy by ${found.destroy_by}`),
    ...(open ? [element("p", { class: "hint" }, "Only the connection protected this package. Have an encryption key entered, and it comes encrypted to you.")] : []),
    ...found.persons.map(person),
    element("button", { type: "button", onclick: confirm }, "Confirm receipt"), " ",
    element("button", { type: "button", onclick: away }, "Put away"),
    ...(OUTCOMES[found.purpose] ? found.persons.map((entry, index) => valuing(found, entry, index, path)) : []),
  );
  place.firstChild.focus();
}

const OUTCOMES = {
  identity_verification: ["identity_confirmed", "identity_not_confirmed", "not_national"],
  travel_document: ["document_issued", "document_refused", "identity_confirmed", "identity_not_confirmed", "not_national"],
};
const COUNTRY = { type: "string", pattern: "^[A-Z]{3}$" };
const VALUES = {
  document_kind: { type: "string", enum: ["laissez_passer", "passport"] },
  document_number: { type: "string" },
  valid_until: { type: "string", format: "date" },
  corrected_family_name: { type: "string" },
  corrected_given_names: { type: "string" },
};

// Numbers and corrected names leave this tab only sealed to the key of the package.
function valuing(found, entry, index, path) {
  const send = doing(async (event) => {
    const given = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value));
    const { corrected_family_name: family_name, corrected_given_names: given_names, ...answer } = given;
    if (family_name || given_names) answer.corrected_identity = { ...(family_name && { family_name }), ...(given_names && { given_names }) };
    const answers = { answers: [{ person_ref: entry.person_ref, ...answer }] };
    const seal = found.answer_key && await canSeal();
    await ask(`${path}/answer`, seal ? { sealed: await sealed(answers, found.answer_key) } : answers);
    event.target.reset();
    tell(seal ? "Answered; what you wrote was sealed before it left." : "Answered; this browser cannot seal, so only the connection protected it.");
  });
  const title = `Your answer about person ${index + 1} of ${found.persons.length}`;
  return element("form", { class: "answer values", "aria-label": title, autocomplete: "off", onsubmit: send },
    element("h4", {}, title),
    field("outcome", { type: "string", enum: OUTCOMES[found.purpose] }, true),
    field("issuer", COUNTRY, true, "Issued by (country, three letters)"),
    ...Object.entries(VALUES).map(([name, shape]) => field(name, shape, false)),
    element("button", { class: "main" }, "Seal and send"));
}

function roll() {
  const { fields, people } = nominalRoll([...packages.values()]);
  at("roll").hidden = !inside();
  at("print").hidden = !people.length;
  const columns = [["No.", (row) => String(row.number)], ["Case", (row) => short(row.reference)], ...fields.map((name) => [words(name), (row) => Array.isArray(row[name]) ? row[name].map(shown).join(", ") : shown(row[name])])];
  at("people").replaceChildren(table(`${people.length} persons of the packages that are open in this tab`, columns, people.map((row, index) => ({ ...row, number: index + 1 })), "Open the packages of those who are expected: they are listed here, in this tab only."));
}

function events(found, place) {
  const act = (event) => event.data.detail_url ? element("button", { type: "button", onclick: reading(event, place) }, "Read package") : "";
  const facts = (event) => Object.entries(event.data)
    .filter(([name]) => !["agency_case_ref", "sequence", "occurred_at", "detail_url"].includes(name))
    .map(([name, value]) => Array.isArray(value) ? `${value.length} persons` : `${words(name)}: ${value}`).join(", ");
  return table("What you were told", [["No.", (e) => String(e.data.sequence)], ["On", (e) => day(e.timestamp)], ["What", (e) => words(e.type)], ["Facts", facts], ["", act]], found, "Nothing yet.");
}

function field(name, shape, required, title = words(name)) {
  const label = `${title}${required ? "" : " (if known)"}`;
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
  return element("form", { class: "answer", "aria-label": "Your answer by form", onsubmit: send }, element("label", {}, "Your answer", select), fields, element("button", { class: "main" }, "Send"));
}

function destroying(reference) {
  const duty = own.you_owe_us.find((entry) => entry.agency_case_ref === reference && entry.what === "data-destroyed.attested");
  if (!duty) return element("p", { class: "hint" }, "The request has ended. Nothing is left to attest.");
  const attest = (result) => doing(async () => {
    await ask(`${REGISTRY}/agency-cases/${encodeURIComponent(reference)}/attestation`, { result });
    await show();
    tell(result === "destroyed" ? "Attested: destroyed." : "Attested: never received.");
  });
  return element("div", {}, element("p", {}, `The request has ended: destroy what you have by ${duty.due}. `,
    element("button", { type: "button", class: "main", onclick: attest("destroyed") }, "We have destroyed it"), " ",
    element("button", { type: "button", onclick: attest("not_received") }, "We never received anything")), retaining(reference));
}

function retaining(reference) {
  const kind = types.find((entry) => entry.type === "data-destroyed.attested");
  if (!kind) return "";
  const keep = doing(async (event) => {
    const form = new FormData(event.target);
    const said = { result: "retained_under_national_law", article: form.get("article"), data_classes: form.getAll("data_classes"), retained_until: form.get("retained_until") };
    await ask(`${REGISTRY}/agency-cases/${encodeURIComponent(reference)}/attestation`, said);
    await show();
    tell("Attested: kept under national law. A protection officer sees it.");
  });
  return element("details", {}, element("summary", {}, "Our law makes us keep something"),
    element("form", { class: "answer", "aria-label": "Kept under national law", onsubmit: keep },
      field("article", kind.facts.article, true, "Article that makes you keep it, for example 12a(3)"),
      field("data_classes", kind.facts.data_classes, true, "What is kept (several with Ctrl or Space)"),
      field("retained_until", kind.facts.retained_until, true, "Kept until"),
      element("button", { class: "main" }, "Attest")));
}

async function oneCase(entry) {
  const place = element("div", { "aria-live": "polite" });
  const found = await ask(`${REGISTRY}/agency-cases/${encodeURIComponent(entry.agency_case_ref)}/events`);
  const title = `Case ${entry.agency_case_ref}`;
  return element("article", { "aria-label": title, tabindex: "-1" }, element("h3", {}, "Case ", short(entry.agency_case_ref)), events(found, place), place,
    entry.ended_on ? destroying(entry.agency_case_ref) : answering(entry.agency_case_ref));
}

function casesPath() {
  const ended = document.querySelector("input[name=ended]:checked").value;
  const wanted = at("reference").value.trim();
  return `${REGISTRY}/agency-cases?ended=${ended}&limit=${PAGE}${wanted ? `&agency_case_ref=${encodeURIComponent(wanted)}` : ""}`;
}

async function page(path) {
  const { found, link } = await call(path);
  next = /<([^>]+)>; rel="next"/.exec(link ?? "")?.[1] ?? null;
  at("more").hidden = next === null;
  return Promise.all(found.map((entry) => oneCase(entry)));
}

async function cases() {
  const shown = await page(casesPath());
  const ended = document.querySelector("input[name=ended]:checked").value;
  const none = at("reference").value.trim() ? "No case of yours begins so." : ended === "true" ? "No request has ended." : "No open case.";
  at("list").replaceChildren(...(shown.length ? shown : [element("p", { class: "empty" }, none)]));
  tell("");
}

async function more() {
  const shown = await page(next);
  at("list").append(...shown);
  shown[0]?.focus();
  tell(`${shown.length} more cases.`);
}

async function messages() {
  const { items: found, next_cursor: older } = await ask(`${REGISTRY}/agency-messages?limit=${MESSAGES}&newest_first=true`);
  const outcome = (entry) => entry.status === "not-applied" ? element("span", { class: "late" }, `not applied: ${words(entry.reason_code)}`) : words(entry.status);
  at("messages").replaceChildren(table(older ? `The newest ${MESSAGES}` : "Newest first", [["On", (m) => day(m.received_at)], ["Case", (m) => m.agency_case_ref ? short(m.agency_case_ref) : null], ["What", (m) => words(m.message_type)], ["Outcome", outcome]], found, "Nothing yet."));
}

const inside = () => Boolean(sessionStorage.getItem(TOKEN));

function gate() {
  at("gate").hidden = inside();
  for (const id of ["clocks", "cases", "said", "roll", "again", "leave"]) at(id).hidden = !inside();
  return inside();
}

async function show() {
  if (!gate()) return;
  tell("Loading…");
  packages.clear();
  roll();
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
at("search").addEventListener("submit", doing(cases));
at("more").addEventListener("click", doing(more));
at("print").addEventListener("click", () => print());
at("again").addEventListener("click", doing(show));
at("leave").addEventListener("click", () => { sessionStorage.removeItem(TOKEN); location.reload(); });
addEventListener("hashchange", doing(async () => { if (location.hash.startsWith("#token=")) { takeTokenFromAddress(); await show(); } }));
takeTokenFromAddress();
show().catch(fail);
