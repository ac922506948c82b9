// Fetches the figures with the reader's token and draws them; the token lives in this tab's session storage only.
"use strict";

const TOKEN = "wayhome-token";
const SEX = { 0: "not known", 1: "male", 2: "female", 9: "not applicable" };
const figures = document.getElementById("figures");
const gate = document.getElementById("gate");
const problem = document.getElementById("problem");
const leave = document.getElementById("leave");

function takeTokenFromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(TOKEN, given);
    history.replaceState(null, "", location.pathname);
  }
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

async function ask(path) {
  const form = new FormData(document.getElementById("period"));
  const query = new URLSearchParams([...form].filter(([, value]) => value));
  const [bare, own] = path.split("?");
  for (const [key, value] of new URLSearchParams(own)) query.set(key, value);
  const answer = await fetch(`/reporting/v1/${bare}?${query}`, {
    headers: { Authorization: `Bearer ${sessionStorage.getItem(TOKEN)}` },
  });
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.title), { status: answer.status });
  return body;
}

function card(title, found, table, wide) {
  const meaning = found.indicator
    ? `Unit: ${found.indicator.unit.replace("_", "-")} · by day of ${found.indicator.date_basis} · ${found.indicator.mode} · n = ${found.n} · ${found.start} to ${found.end}`
    : "";
  const made = element("article", wide ? { class: "wide" } : {}, element("h2", {}, title), element("p", { class: "meaning" }, meaning));
  if (found.indicator) made.querySelector(".meaning").title = found.indicator.counting_rule;
  made.append(table || element("p", { class: "empty" }, "Nothing in this period yet."));
  return made;
}

function bars(rows, name, value, kind = "") {
  if (!rows.length) return null;
  const most = Math.max(1, ...rows.map((row) => row[value]));
  const body = element("tbody");
  for (const row of rows) {
    const bar = element("span", { class: `bar ${row.left ? "left" : kind}` });
    bar.style.width = `${(100 * row[value]) / most}%`;
    body.append(element("tr", {}, element("td", {}, String(row[name])), element("td", { class: "graph" }, bar), element("td", { class: "number" }, row[value].toLocaleString("en"))));
  }
  return element("table", {}, body);
}

function grid(rows, columns) {
  if (!rows.length) return null;
  const head = element("tr", {}, ...columns.map(([title, , number]) => element("th", number ? { class: "number" } : {}, title)));
  const body = rows.map((row) => element("tr", {}, ...columns.map(([, read, number]) => element("td", number ? { class: "number" } : {}, String(read(row) ?? "–")))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
}

const money = (row) => `${(row.amount_minor / 100).toLocaleString("en", { minimumFractionDigits: 2 })} ${row.currency}`;

async function show() {
  leave.hidden = !sessionStorage.getItem(TOKEN);
  gate.hidden = Boolean(sessionStorage.getItem(TOKEN));
  if (!gate.hidden) return figures.replaceChildren();
  try {
    const [funnel, month, citizenship, sex, age, time, finance, outcomes, partnerships] = await Promise.all(
      ["funnel", "returns?by=month", "returns?by=citizenship", "returns?by=sex", "returns?by=age_band", "timeliness", "finance", "outcomes", "partnerships"].map(ask));
    const steps = [...funnel.rows, ...funnel.left.map((row) => ({ ...row, left: true }))];
    figures.replaceChildren(
      card("How far a cohort of cases has come", funnel, bars(steps, "stage", "cases")),
      card("Assisted returns, and the persons behind them", month, grid([...month.together, ...month.of_which], [["", (r) => r.indicator.title], ["Number", (r) => r.value, 1]])),
      card("Beside the assisted returns, and not among them", month, grid(month.beside, [["", (r) => r.indicator.title], ["Persons", (r) => r.value, 1]])),
      card("Assisted returns by month", month, bars(month.rows, "group", "value")),
      card("Assisted returns by citizenship", citizenship, bars(citizenship.rows, "group", "value")),
      card("Assisted returns by sex", sex, bars(sex.rows.map((row) => ({ ...row, group: SEX[row.group] || row.group })), "group", "value")),
      card("Assisted returns by age band", age, bars(age.rows, "group", "value")),
      card("Days between steps", time, grid(time.rows, [["Interval", (r) => r.name], ["Cases", (r) => r.cases, 1], ["Done", (r) => r.done, 1], ["Median", (r) => r.median_days, 1], ["90 %", (r) => r.p90_days, 1]])),
      card("Paid assistance", finance, grid(finance.rows, [["Phase", (r) => r.phase.replaceAll("_", " ")], ["Payments", (r) => r.payments, 1], ["Sum", money, 1]])),
      card("Reintegration scores", outcomes, grid(outcomes.rows, [["Wave", (r) => r.wave], ["Model", (r) => r.model_version], ["n", (r) => r.surveys, 1], ["Economic", (r) => r.means.economic, 1], ["Social", (r) => r.means.social, 1], ["Psychosocial", (r) => r.means.psychosocial, 1], ["Composite", (r) => r.means.composite, 1]]), true),
      card("Partnerships", {}, grid(partnerships, [["Parties", (r) => r.parties], ["Status", (r) => r.status.replace("_", " ")], ["Signed", (r) => r.signed_on]]), true),
    );
  } catch (error) {
    figures.replaceChildren();
    if (error.status === 401 || error.status === 403) sessionStorage.removeItem(TOKEN);
    gate.hidden = false;
    problem.textContent = `${error.message}.`;
  }
}

document.getElementById("enter").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, new FormData(event.target).get("token").trim());
  problem.textContent = "";
  show();
});
document.getElementById("period").addEventListener("submit", (event) => { event.preventDefault(); show(); });
leave.addEventListener("click", () => { sessionStorage.removeItem(TOKEN); show(); });
addEventListener("hashchange", () => { takeTokenFromAddress(); show(); });
takeTokenFromAddress();
show();
