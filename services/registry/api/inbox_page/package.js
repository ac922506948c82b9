// What is in a package stays between us and its reader: opened, and the answer sealed, in this tab with WebCrypto alone.
// JSON Web Encryption in its compact form, ECDH-ES+A256KW with X25519 and A256GCM: RFC 7516, 7518 4.6 and 8037.

const CURVE = { kty: "OKP", crv: "X25519" };
const AGREEMENT = "ECDH-ES+A256KW";
const CONTENT = "A256GCM";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const text = (raw) => btoa(Array.from(new Uint8Array(raw), (byte) => String.fromCharCode(byte)).join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const utf8 = (words) => new TextEncoder().encode(words);
const read = (raw) => new TextDecoder().decode(raw);
const number = (value) => new Uint8Array([0, 0, value >> 8, value & 255]);

function joined(...parts) {
  const raw = parts.map((part) => new Uint8Array(part));
  const whole = new Uint8Array(raw.reduce((length, part) => length + part.length, 0));
  raw.reduce((place, part) => { whole.set(part, place); return place + part.length; }, 0);
  return whole;
}

// The key that wraps the content key: Concat KDF over the agreed secret, no party information.
async function wrapping(own, theirs, use) {
  const peer = await crypto.subtle.importKey("jwk", { ...CURVE, x: theirs }, { name: "X25519" }, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "X25519", public: peer }, own, 256);
  const name = utf8(AGREEMENT);
  const derived = await crypto.subtle.digest("SHA-256", joined(number(1), shared, number(name.length), name, number(0), number(0), number(256)));
  return crypto.subtle.importKey("raw", derived, "AES-KW", false, [use]);
}

// A package encrypted to the organisation's key, given as a JSON Web Key with its private half; only our algorithms.
export async function decrypted(token, { x, d }) {
  const [head, wrapped, nonce, body, tag] = token.split(".");
  const header = JSON.parse(read(bytes(head)));
  if (header.alg !== AGREEMENT || header.enc !== CONTENT) throw new Error("not of our form");
  const own = await crypto.subtle.importKey("jwk", { ...CURVE, x, d }, { name: "X25519" }, false, ["deriveBits"]);
  const key = await crypto.subtle.unwrapKey("raw", bytes(wrapped), await wrapping(own, header.epk.x, "unwrapKey"), "AES-KW", "AES-GCM", false, ["decrypt"]);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(nonce), additionalData: utf8(head) }, key, joined(bytes(body), bytes(tag)));
  return JSON.parse(read(plain));
}

// Something that only whoever holds the private half of this key can open.
export async function sealed(content, { x }) {
  const ours = await crypto.subtle.generateKey({ name: "X25519" }, true, ["deriveBits"]);
  const epk = await crypto.subtle.exportKey("jwk", ours.publicKey);
  const head = text(utf8(JSON.stringify({ alg: AGREEMENT, enc: CONTENT, cty: "application/json", epk: { ...CURVE, x: epk.x } })));
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  const wrapped = await crypto.subtle.wrapKey("raw", key, await wrapping(ours.privateKey, x, "wrapKey"), "AES-KW");
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const whole = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: utf8(head) }, key, utf8(JSON.stringify(content))));
  return [head, text(wrapped), text(nonce), text(whole.slice(0, -16)), text(whole.slice(-16))].join(".");
}

export const canSeal = async () => {
  try { return Boolean(await crypto.subtle.generateKey({ name: "X25519" }, false, ["deriveBits"])); } catch { return false; }
};

// Everybody in the packages that are open, one line each, as a nominal roll is printed.
export function nominalRoll(packages) {
  const people = packages.flatMap(({ reference, found }) => found.persons.map((person) => ({ reference, ...person })));
  const given = [...new Set(people.flatMap((person) => Object.keys(person)))].filter((name) => !["reference", "person_ref"].includes(name));
  return { fields: given, people };
}
