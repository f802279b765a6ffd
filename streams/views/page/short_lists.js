// The short lists of the desk: one client a line, what matters of it, a link to its page.

import { clientAddress } from "./addresses.js";
import { h } from "./dom.js";
import { day, money, said, when } from "./format.js";
import { nowText } from "./clock.js";
import { named, t } from "./language.js";
import { dueSaid, groupMark, liftSaid, reasonMarks, since, until } from "./parts.js";

/** A list of links, or the sentence that there is nobody. */
export function rowList(items, row, nobody) {
  if (!items.length) return h("p", { class: "empty" }, nobody);
  return h("ul", { class: "short-list" }, items.map((item) =>
    h("li", {}, h("a", { href: clientAddress(item.client_id), "data-focus": item.client_id }, row(item)))));
}

function who(item) {
  return h("span", { class: "who" }, groupMark(item.risk_group), h("b", {}, item.name ?? item.client_id), h("span", { class: "quiet" }, item.client_id));
}

/** Of the stop list: since when, why, and what lifts it. */
export function blockedRow(item) {
  return [
    h("span", { class: "line" }, who(item), h("span", { class: "quiet end" }, since(item.blocked_since))),
    h("span", { class: "line" }, reasonMarks(item.reasons), h("span", { class: "end" }, liftSaid(item))),
    h("span", { class: "sentence quiet" }, said(item.explanation)),
  ];
}

/** Of those whom time alone will block: when and for what. */
export function nextRow(item) {
  return [
    h("span", { class: "line" }, who(item), h("b", { class: "end" }, until(item.blocks_at))),
    h("span", { class: "line quiet" }, h("span", {}, item.blocks_by.map(named).join(", ")), h("span", { class: "end" }, when(item.blocks_at, nowText()))),
  ];
}

/** Of those to call: what is due when. */
export function callRow(item) {
  return [
    h("span", { class: "line" }, who(item), h("b", { class: "end" }, money(item.outstanding, item.currency))),
    h("span", { class: "line quiet" },
      h("span", {}, `${t("due")} ${day(item.due_next, nowText())}, ${dueSaid(item.due_next)}`),
      h("span", { class: "end" }, item.overdue === "0.00" ? "" : `${t("overdue")} ${money(item.overdue, item.currency)}`)),
  ];
}
