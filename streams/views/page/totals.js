// The tables of the desk: figures first, a bar beside them where the proportion matters.

import { listAddress } from "./addresses.js";
import { part } from "./desk.js";
import { h, icon, s } from "./dom.js";
import { count, day, money, share } from "./format.js";
import { named, t } from "./language.js";
import { groupMark } from "./parts.js";

function table(name, heads, rows) {
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": heads[0][0] }, h("table", { class: name },
    h("thead", {}, h("tr", {}, heads.map(([word, kind]) => h("th", { scope: "col", class: kind }, word)))),
    h("tbody", {}, rows)));
}

function bar(of, kind) {
  return s("svg", { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true", "data-kind": kind },
    s("rect", { class: "bar-whole", width: 100, height: 8, rx: 1 }), s("rect", { class: "bar-part", width: Math.max(of > 0 ? 1 : 0, of * 100), height: 8, rx: 1 }));
}

/** Risk groups, what they owe, and how many moved. */
export function groupTable(desk) {
  const heads = [[t("risk_group")], [t("clients"), "number"], [t("moved"), "number"], [t("trend", { days: desk.trend_days }), "wide"],
    [t("blocked_now"), "number extra"], [t("outstanding"), "number"], [t("overdue"), "number"]];
  const rows = desk.risk_groups.map((row) => h("tr", {},
    h("th", { scope: "row" }, h("a", { href: listAddress("all", { risk_group: row.group }) }, groupMark(row.group), " ", h("u", {}, t(`group_${row.group}`)))),
    h("td", { class: "number" }, count(row.clients)),
    h("td", { class: "number moved" }, moved("up", row.moved_in, t("moved_in")), moved("down", row.moved_out, t("moved_out"))),
    h("td", { class: "wide" }, trend(row, desk)),
    h("td", { class: "number extra" }, count(row.blocked)),
    h("td", { class: "number" }, money(row.outstanding)),
    h("td", { class: "number" }, money(row.overdue))));
  return table("groups", heads, rows);
}

function moved(way, number, word) {
  return h("span", { class: "move", "data-way": way }, icon(way), `${count(number)}`, h("span", { class: "unseen" }, ` ${word} `));
}

/** How many were in the group on each of the last days. */
function trend(row, desk) {
  const values = row.trend;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const y = (value) => 22 - (high === low ? 10 : ((value - low) / (high - low)) * 20);
  const x = (at) => (at / Math.max(1, values.length - 1)) * 120;
  const said = t("trend_of", { group: row.group, from: values[0], to: values.at(-1), first: day(desk.trend_from), last: day(desk.trend_to) });
  return s("svg", { class: "trend", viewBox: "-2 0 124 24", preserveAspectRatio: "none", role: "img", "aria-label": said, "data-group": row.group },
    s("polyline", { points: values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" "), "vector-effect": "non-scaling-stroke" }));
}

/** What is outstanding by overdue days. */
export function agingTable(desk) {
  const heads = [[t("overdue_days")], [t("obligations"), "number extra"], [t("outstanding"), "number"], [t("share"), "number"], ["", "wide"]];
  const rows = desk.aging.map((row) => {
    const of = part(row.outstanding, desk.outstanding);
    return h("tr", { "data-bucket": row.bucket },
      h("th", { scope: "row" }, t(`aging_${row.bucket}`, row)), h("td", { class: "number extra" }, count(row.obligations)),
      h("td", { class: "number" }, money(row.outstanding)), h("td", { class: "number" }, share(of)),
      h("td", { class: "wide" }, bar(of, row.bucket)));
  });
  return table("ages", heads, rows);
}

/** A, B and C. */
export function volumeTable(desk) {
  const heads = [[t("volume")], [t("clients"), "number"], [t("blocked_now"), "number extra"], [t("outstanding"), "number"], [t("overdue"), "number"]];
  const rows = desk.volumes.map((row) => h("tr", {},
    h("th", { scope: "row" }, h("a", { href: listAddress("all", { volume: row.volume }) }, h("b", {}, row.volume), ` ${t(`volume_${row.volume}`)}`)), sums(row)));
  return table("volume", heads, rows);
}

/** Key, medium and small: each client by the best of its scopes, then scope by scope. */
export function importanceTable(desk) {
  const best = table("importance", [[t("importances_total")], [t("clients"), "number"], [t("blocked_now"), "number extra"], [t("outstanding"), "number"], [t("overdue"), "number"]],
    desk.importances.best.map((row) => h("tr", {},
      h("th", { scope: "row" }, h("a", { href: listAddress("all", { importance: row.importance }) }, named(row.importance))), sums(row))));
  const scopes = table("scopes", [[t("scope")], [named("key"), "number"], [named("medium"), "number"], [named("small"), "number"]],
    desk.importances.scopes.map((row) => h("tr", {},
      h("th", { scope: "row" }, `${row.id} `, h("span", { class: "quiet" }, t(row.kind))),
      ["key", "medium", "small"].map((name) => h("td", { class: "number" }, count(row[name]))))));
  return [best, scopes];
}

function sums(row) {
  return [h("td", { class: "number" }, count(row.clients)), h("td", { class: "number extra" }, count(row.blocked)),
    h("td", { class: "number" }, money(row.outstanding)), h("td", { class: "number" }, money(row.overdue))];
}
