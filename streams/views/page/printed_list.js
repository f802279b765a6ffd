// A list on paper: all of it, not what is in sight. What is printed must be there when printing begins, and nothing that
// is asked for in the meantime is waited for; so the rows are asked for here while the browser waits.

import { nowText } from "./clock.js";
import { h } from "./dom.js";
import { count, when } from "./format.js";
import { counted, t } from "./language.js";

const AT_ONCE = 200;
const ROWS_MAX = 10_000;
const ATTEMPTS = 3;

/** An element that fills itself when printing begins and is empty before and after; `path(offset, limit)` is asked. */
export function printedList(columns, path) {
  const element = h("div", { class: "printed" });
  const fill = () => element.replaceChildren(...drawn(columns, path));
  const empty = () => element.replaceChildren();
  addEventListener("beforeprint", fill);
  addEventListener("afterprint", empty);
  return { element, close: () => { removeEventListener("beforeprint", fill); removeEventListener("afterprint", empty); } };
}

function drawn(columns, path) {
  let found;
  try { found = everything(path); } catch { return [h("p", { class: "print-warning" }, t("print_failed"))]; }
  const said = counted(found.total, "clients_counted", count(found.total));
  const table = h("table", {},
    h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col", class: column.kind }, column.heading)))),
    h("tbody", {}, found.items.map((item) => h("tr", {}, columns.map((column) => h("td", { class: column.kind }, column.printed(item)))))));
  for (const time of table.querySelectorAll("time")) time.textContent = when(time.dateTime, nowText()); // paper does not count down
  return [
    h("p", { class: "quiet" }, `${said}, ${t("as_of", { at: when(nowText()) })}`), table,
    found.items.length < found.total ? h("p", { class: "print-warning" }, t("print_cut", { count: count(found.items.length) })) : null,
  ].filter(Boolean);
}

/** All rows; asked for again when somebody came or went meanwhile, for then the parts do not fit together. */
function everything(path) {
  let items, total;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const parts = [];
    do { parts.push(asked(path(parts.length * AT_ONCE, AT_ONCE))); } while (parts.length * AT_ONCE < Math.min(parts[0].total, ROWS_MAX));
    items = [...new Map(parts.flatMap((part) => part.items).map((item) => [item.client_id, item])).values()];
    total = parts.at(-1).total;
    if (items.length === Math.min(total, ROWS_MAX)) break;
  }
  return { items, total };
}

function asked(path) {
  const call = new XMLHttpRequest();
  call.open("GET", path, false);
  call.send();
  if (call.status !== 200) throw new Error(call.statusText);
  return JSON.parse(call.responseText);
}
