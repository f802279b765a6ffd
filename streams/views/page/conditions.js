// What blocks a client, with the grounds and the ways out; and what time alone will bring.

import { nowText } from "./clock.js";
import { h } from "./dom.js";
import { amountsIn, money, said, when } from "./format.js";
import { named, t } from "./language.js";
import { until } from "./parts.js";

/** The active conditions, each with its sentence and what lifts it. */
export function conditions(status, block) {
  const found = block?.type === "shipment.blocked" ? block.conditions : status.conditions;
  if (!found.length) return h("p", { class: "empty" }, t("never_blocked"));
  return h("ul", { class: "conditions" }, found.map(condition));
}

/** One condition or one reason of a refusal. */
export function condition(one) {
  const covered = one.overrides?.length > 0;
  return h("li", { "data-covered": covered ? "yes" : null },
    h("p", {}, h("b", {}, named(one.reason)), one.since ? h("span", { class: "quiet" }, ` ${t("since_at", { at: when(one.since, nowText()) })}`) : null),
    // whose override it is, until when and why is said once, where overrides stand; the sentence would say it for each reason
    covered ? h("p", { class: "quiet" }, t("covered")) : one.explanation ? h("p", {}, said(one.explanation)) : null,
    covered ? null : lifts(one.lifted_by),
    one.because?.length && !covered ? h("p", { class: "quiet because" }, one.because.map((ground) =>
      t("seen", { rule: ground.rule.split(".").map(named).join(", "), observed: amountsIn(ground.observed), threshold: amountsIn(ground.threshold) })).join("; ")) : null);
}

/** The ways out, the surest first as the server gives them. */
export function lifts(ways) {
  if (!ways?.length) return null;
  return h("ul", { class: "ways" }, ways.map((way) => h("li", {}, wayOut(way))));
}

function wayOut(way) {
  if (way.kind === "payment") {
    const what = t("lift_payment", { amount: money(way.amount, way.currency) });
    return way.obligations.length ? `${what} ${t("lift_for", { obligations: way.obligations.join(", ") })}` : what;
  }
  if (way.kind === "date") return [t("lift_date", { at: when(way.at, nowText()) }), " · ", until(way.at)];
  if (way.kind === "document") return t("lift_document", { documents: way.documents.map(named).join(", ") });
  if (way.kind === "person") return t("lift_person", { role: named(way.role) });
  return named(way.kind);
}

/** When which group or condition changes if nothing arrives. */
export function nextChange(next) {
  if (!next) return h("p", { class: "empty" }, t("next_none"));
  return [
    h("p", { class: "next-at" }, h("b", {}, until(next.at)), h("span", { class: "quiet" }, ` ${when(next.at, nowText())}`)),
    h("ul", { class: "plain-list" }, next.changes.map((one) => h("li", {}, one.condition
      ? t(one.change, { condition: named(one.condition) })
      : t("moves", { dimension: named(one.dimension) + (one.scope ? ` (${one.scope.id})` : ""), from: value(one.from), to: value(one.to) })))),
  ];
}

/** A category as a word. */
export function value(category) {
  return Array.isArray(category) ? category.map(value).join(", ") || "–" : category === null ? "–" : named(category);
}
