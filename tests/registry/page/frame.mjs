// As much of a browser as the inbox page asks for: its elements, forms, session storage and fetch, driven line by line.
// Every command comes as a line of JSON on standard input, every request of the page leaves as one on standard output.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

class Node {
  constructor(name) { this.name = name; this.attributes = {}; this.children = []; this.parent = null; this.listeners = {}; this.typed = null; this.files = []; }
  append(...children) { for (const child of children) { const made = typeof child === "string" ? Object.assign(new Node("#text"), { words: child }) : child; made.parent = this; this.children.push(made); } }
  replaceChildren(...children) { this.children = []; this.append(...children); }
  setAttribute(key, value) { this.attributes[key] = String(value); }
  addEventListener(kind, listener) { (this.listeners[kind] ??= []).push(listener); }
  focus() { document.activeElement = this; }
  get firstChild() { return this.children[0]; }
  get hidden() { return "hidden" in this.attributes; }
  set hidden(value) { if (value) this.attributes.hidden = ""; else delete this.attributes.hidden; }
  get textContent() { return this.words ?? this.children.map((child) => child.textContent).join(""); }
  set textContent(value) { this.replaceChildren(value); }
  get all() { return this.children.flatMap((child) => [child, ...child.all]); }
  get options() { return this.all.filter((found) => found.name === "option"); }
  get chosen() { return this.typed ?? ("multiple" in this.attributes ? [] : [this.options[0]?.attributes.value ?? ""]); }
  get value() { return this.name === "select" ? this.chosen[0] ?? "" : this.typed ?? this.attributes.value ?? ""; }
  reset() { for (const found of this.all) found.typed = null; }
  // Listeners of the page return their promise: when it is settled, so is the page.
  async dispatch(kind, event = {}) { for (const listener of this.listeners[kind] ?? []) await listener({ target: this, preventDefault() {}, ...event }); }
}

function parsed(html) {
  const root = new Node("#document");
  let place = root;
  for (const [, closing, name, attributes, words] of html.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>|([^<]+)/g)) {
    if (words !== undefined) place.append(words);
    else if (closing) place = place.parent;
    else {
      const made = new Node(name);
      for (const [, key, quoted] of attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)) made.attributes[key] = quoted ?? "";
      place.append(made);
      if (!["meta", "link", "input"].includes(name)) place = made;
    }
  }
  return root;
}

const [folder] = process.argv.slice(2);
const root = parsed(readFileSync(`${folder}/inbox.html`, "utf8"));
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const waiting = new Map();
let asked = 0;

globalThis.document = {
  activeElement: null,
  createElement: (name) => new Node(name),
  getElementById: (id) => root.all.find((found) => found.attributes.id === id),
  querySelectorAll: () => root.all.filter((found) => found.attributes.name === "ended"),
  querySelector: () => root.all.find((found) => found.attributes.name === "ended" && "checked" in found.attributes),
};
globalThis.FormData = class {
  constructor(form) {
    this.entries = form.all.filter((found) => ["input", "select"].includes(found.name))
      .flatMap((found) => (found.name === "select" ? found.chosen : [found.value]).map((value) => [found.attributes.name, value]));
  }
  get(name) { return this.entries.find(([key]) => key === name)?.[1] ?? null; }
  getAll(name) { return this.entries.filter(([key]) => key === name).map(([, value]) => value); }
  keys() { return this.entries.map(([key]) => key); }
  [Symbol.iterator]() { return this.entries[Symbol.iterator](); }
};
const kept = new Map();
globalThis.sessionStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
globalThis.location = { href: "https://wayhome.example/registry/inbox", hash: "", pathname: "/registry/inbox", reload() {} };
globalThis.history = { replaceState() {} };
globalThis.addEventListener = () => {};
globalThis.print = () => say({ printed: true });
globalThis.fetch = (path, { method, headers, body }) => new Promise((resolve) => {
  waiting.set(asked += 1, resolve);
  say({ ask: asked, path, method, headers, body: body ?? null });
});

const visible = (found) => !found || (!found.hidden && visible(found.parent));
const spoken = (found) => found.attributes["aria-label"] ?? found.textContent.trim();
const named = (names, words, within = root) => {
  const found = within.all.filter((each) => names.includes(each.name) && visible(each) && spoken(each).startsWith(words));
  if (!found.length) throw new Error(`nothing is called "${words}"`);
  return found[0];
};
const control = (label, within) => {
  const found = named(["label"], label, within);
  return found.attributes.for ? document.getElementById(found.attributes.for) : found.all.find((each) => ["input", "select"].includes(each.name));
};

const COMMANDS = {
  async load() { await import(pathToFileURL(`${folder}/inbox.js`)); },
  async click({ words }) { await named(["button"], words).dispatch("click"); },
  async choose({ words }) {
    for (const found of document.querySelectorAll()) delete found.attributes.checked;
    const found = control(words);
    found.attributes.checked = "";
    await found.dispatch("change");
  },
  async submit({ form, values = {} }) {
    const found = root.all.find((each) => each.name === "form" && visible(each) && (each.attributes.id === form || each.attributes["aria-label"] === form));
    for (const [label, value] of Object.entries(values)) {
      const place = control(label, found);
      place.typed = place.name === "select" ? [value].flat() : value;
      await place.dispatch("change");
    }
    await found.dispatch("submit");
  },
  async file({ words, content }) {
    const place = control(words);
    place.files = [{ text: async () => content }];
    await place.dispatch("change");
  },
  async text({ place }) { return visible(document.getElementById(place)) ? document.getElementById(place).textContent : null; },
  async focused() { return document.activeElement?.textContent ?? null; },
};

createInterface({ input: process.stdin }).on("line", async (line) => {
  const { id, status, headers, body, run, ...what } = JSON.parse(line);
  if (status !== undefined) {
    const known = { get: (name) => headers[name.toLowerCase()] ?? null };
    waiting.get(id)({ ok: status < 300, status, headers: known, text: async () => body });
    return;
  }
  try { say({ done: id, found: (await COMMANDS[run](what)) ?? null }); } catch (error) { say({ done: id, failed: String(error) }); }
});
