// Small parts that several views show in the same way.

import { today } from "./clock.js";
import { h, icon } from "./dom.js";
import { counted, named, t } from "./language.js";
import { daysBetween, instant, money } from "./format.js";

/** Risk group as number and mark; the colour only repeats it. */
export function groupMark(group) {
  return h("span", { class: "group-mark", "data-group": group, title: t(`group_${group}`) }, String(group));
}

/** Reasons as small labels. */
export function reasonMarks(reasons) {
  return h("span", { class: "reasons" }, reasons.map((reason) => h("span", { class: "reason" }, named(reason))));
}

/** A countdown to an instant, or the time since one; kept current by the clock. */
export function until(text) {
  return h("time", { datetime: text, "data-until": instant(text), class: "count" });
}

export function since(text) {
  return h("time", { datetime: text, "data-since": instant(text), class: "count" });
}

/** "in 2 days", "11 days ago", "today". */
export function dueSaid(date) {
  const days = daysBetween(today(), date);
  const said = counted(Math.abs(days), "days_counted");
  return days === 0 ? t("due_today") : t(days > 0 ? "due_in" : "due_ago", { days: said });
}

/** What lifts a block, in a few words. */
export function liftSaid(item) {
  const parts = [];
  if (item.pay) parts.push(t("pay", { amount: money(item.pay, item.currency) }));
  if (item.ends_at) parts.push(h("span", {}, `${t("ends")} `, until(item.ends_at)));
  return parts.length ? parts.flatMap((part, number) => (number ? [" · ", part] : [part])) : t("nothing_lifts");
}

/** A panel with a heading; `extra` stands beside it. */
export function panel(name, title, hint, ...extra) {
  const body = h("div", { class: "panel-body" });
  const element = h("section", { class: `panel ${name}`, "aria-labelledby": `title-${name}` },
    h("header", {}, h("h2", { id: `title-${name}` }, title), extra, hint ? h("p", { class: "hint" }, hint) : null), body);
  return { element, body };
}

/** Blocked, free, unknown: a picture and a word. */
export function stateMark(state, word) {
  return h("span", { class: "state-mark", "data-state": state }, icon({ blocked: "stop", free: "ship", unknown: "unknown" }[state]), word);
}
