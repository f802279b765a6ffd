// The columns of each list: a name for the heading and how a client fills it.

import { nowText } from "./clock.js";
import { h } from "./dom.js";
import { day, money, said, when } from "./format.js";
import { named, t } from "./language.js";
import { dueSaid, groupMark, liftSaid, reasonMarks, since, stateMark, until } from "./parts.js";

const COLUMNS = {
  client: [() => t("client"), (item) => [h("b", {}, item.name ?? item.client_id), " ", h("span", { class: "quiet id" }, item.client_id)]],
  group: [() => t("group"), (item) => groupMark(item.risk_group)],
  volume: [() => t("volume"), (item) => item.volume],
  importance: [() => t("importance"), (item) => (item.importance ? named(item.importance) : "–")],
  since: [() => t("since"), (item) => since(item.blocked_since), "", (item) => (item.blocked_since ? when(item.blocked_since, nowText()) : "–"), () => t("since_paper")],
  why: [() => t("why"), (item) => [reasonMarks(item.reasons), h("span", { class: "sentence quiet" }, said(item.explanation))]],
  lifts: [() => t("lifts"), (item) => liftSaid(item)],
  blocks: [() => t("when_blocked"), (item) => [h("b", {}, until(item.blocks_at)), h("span", { class: "quiet" }, ` ${when(item.blocks_at, nowText())}`)],
    "", (item) => when(item.blocks_at, nowText())],
  for: [() => t("why"), (item) => item.blocks_by.map(named).join(", ")],
  due: [() => t("when_due"), (item) => (item.due_next ? [dueSaid(item.due_next), h("span", { class: "quiet" }, ` ${day(item.due_next, nowText())}`)] : "–")],
  outstanding: [() => t("owes"), (item) => money(item.outstanding, item.currency), "number"],
  overdue: [() => t("overdue"), (item) => money(item.overdue, item.currency), "number"],
  days: [() => t("overdue_days"), (item) => String(item.overdue_days), "number"],
  state: [() => t("blocked_now"), (item) => (item.blocked ? stateMark("blocked", named("shipment.blocked")) : "–")],
};

const OF_LIST = {
  blocked: ["client", "group", "since", "why", "lifts", "overdue"],
  next: ["client", "group", "blocks", "for", "outstanding", "overdue"],
  calls: ["client", "group", "due", "outstanding", "overdue", "state"],
  largest_overdue: ["client", "group", "overdue", "days", "outstanding", "state"],
  all: ["client", "group", "volume", "importance", "outstanding", "overdue", "state"],
};

/** Columns of a list: `name`, `title`, `cell(item)`, `kind` ("number" or nothing); on paper `printed(item)` under `heading`. */
export function columnsOf(list) {
  return OF_LIST[list].map((name) => {
    const [title, cell, kind = "", printed = cell, heading = title] = COLUMNS[name];
    return { name, title: title(), cell, kind, printed, heading: heading() };
  });
}
