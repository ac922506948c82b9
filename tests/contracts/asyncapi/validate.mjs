// Judges an AsyncAPI document with the reference parser: node validate.mjs FOLDER-WITH-node_modules DOCUMENT.
// One line of JSON per finding of error or warning on standard output, then a line with counts; exit 1 on an error.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, document] = process.argv.slice(2);
const require = createRequire(resolve(folder, "package.json"));
const { Parser } = require("@asyncapi/parser");

const ERROR = 0;
const WARNING = 1;
const { document: parsed, diagnostics } = await new Parser().parse(readFileSync(document, "utf8"));
for (const { severity, code, message, path } of diagnostics) {
  if (severity <= WARNING) {
    console.log(JSON.stringify({ severity, code, message, path: path.join("/") }));
  }
}
const errors = diagnostics.filter((entry) => entry.severity === ERROR).length;
const warnings = diagnostics.filter((entry) => entry.severity === WARNING).length;
const messages = parsed ? parsed.allMessages().length : 0;
const operations = parsed ? parsed.allOperations().length : 0;
console.log(JSON.stringify({ errors, warnings, others: diagnostics.length - errors - warnings, messages, operations }));
process.exit(errors > 0 || !parsed ? 1 : 0);
