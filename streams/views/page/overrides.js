// Overrides: those in force, and the form by which a person with the role lets a client through all the same.

import { post } from "./api.js";
import { now, nowText } from "./clock.js";
import { h, show } from "./dom.js";
import { dayAfter, money, when } from "./format.js";
import { amountOf, field, form } from "./forms.js";
import { named, t } from "./language.js";
import { panel } from "./parts.js";

const LIFTABLE = ["risk_group", "first_payment_overdue", "credit_limit", "limit_exceeded", "not_selling", "first_deal_returned",
  "first_deal_limit", "first_deal_unpaid", "payment_term_too_long", "assortment", "conduct", "documents_missing"];
const DIRECTORS_ONLY = new Set(["conduct", "documents_missing"]);
const DAYS_DEFAULT = 3;
const DAYS_MAX = 14;

export class Overrides {
  #app;
  #id;
  #currency;
  #list = h("div");
  #form = h("details", { class: "form" });
  #boxes = [];

  constructor(app, id, currency) {
    this.#app = app;
    this.#id = id;
    this.#currency = currency;
    const made = panel("overrides", t("overrides"), "");
    this.element = made.element;
    made.body.append(this.#list);
    if (app.may("judge")) made.body.append(this.#form);
    else made.body.append(h("p", { class: "quiet" }, t("may_not_judge")));
  }

  draw(status, block) {
    show(this.#list, status.overrides, () => (status.overrides.length
      ? h("ul", { class: "plain-list" }, status.overrides.map((one) => this.#line(one)))
      : h("p", { class: "empty" }, t("overrides_none"))));
    if (!this.#form.firstChild) this.#make(status, block);
  }

  #line(one) {
    const what = one.shipment_id ? t("override_for_shipment", { shipment: one.shipment_id })
      : one.amount_max ? t("override_for_amount", { amount: money(one.amount_max, this.#currency), used: money(one.amount_used ?? "0.00") })
        : t("override_for_any");
    const said = t("override_line", { conditions: one.conditions.map(named).join(", "), at: when(one.expires_at, nowText()), author: one.author });
    const revoke = async (event) => {
      event.target.disabled = true;
      try { await post("v1/decisions", { type: "override.revoked", client_id: this.#id, override_id: one.id }); } catch (problem) {
        event.target.disabled = false;
        event.target.after(h("span", { class: "form-error", role: "alert" }, problem.message));
      }
    };
    return h("li", {}, `${said} – ${what} `, this.#app.may("judge") ? h("button", { type: "button", class: "plain", onclick: revoke }, t("revoke")) : null);
  }

  #make(status) {
    const active = new Set(status.conditions.map((one) => one.reason));
    const directs = this.#app.may("direct");
    this.#boxes = LIFTABLE.map((reason) => {
      const forbidden = DIRECTORS_ONLY.has(reason) && !directs;
      const box = h("input", { type: "checkbox", value: reason, checked: active.has(reason) && !forbidden, disabled: forbidden });
      return { box, element: h("label", { class: "check" }, box, named(reason), forbidden ? h("span", { class: "quiet" }, ` (${t("director_only")})`) : null) };
    });
    const today = nowText().slice(0, 10);
    const offset = nowText().slice(19).replace(/^\.\d+/, "");
    let shipment, amount, expires, reason, kind;
    const fields = [
      h("fieldset", {}, h("legend", {}, t("conditions")), h("div", { class: "checks" }, this.#boxes.map((one) => one.element))),
      field(t("for_what"), (id) => (kind = h("select", { id, onchange: () => choose() },
        h("option", { value: "any" }, t("for_any")), h("option", { value: "shipment" }, t("for_shipment")), h("option", { value: "amount" }, t("for_amount"))))),
      field(t("shipment"), (id) => (shipment = h("input", { id, maxlength: 64, autocomplete: "off" }))),
      field(t("amount_max", { currency: this.#currency }), (id) => (amount = h("input", { id, inputmode: "decimal", maxlength: 16, autocomplete: "off" }))),
      field(t("expires"), (id) => (expires = h("input", { id, type: "datetime-local", value: `${dayAfter(today, DAYS_DEFAULT)}T18:00`,
        min: `${today}T00:00`, max: `${dayAfter(today, DAYS_MAX)}T00:00` })), t("days_max")),
      field(t("reason"), (id) => (reason = h("textarea", { id, rows: 2, maxlength: 500 })), t("reason_hint")),
    ];
    const choose = () => {
      shipment.parentElement.hidden = kind.value !== "shipment";
      amount.parentElement.hidden = kind.value !== "amount";
    };
    choose();
    const body = () => {
      const conditions = this.#boxes.filter((one) => one.box.checked).map((one) => one.box.value);
      if (!conditions.length) return t("conditions_missing");
      if (kind.value === "shipment" && !shipment.value.trim()) return t("shipment_missing");
      if (kind.value === "amount" && amountOf(amount.value) === null) return t("amount_wrong");
      if (!expires.value) return t("expires_missing");
      if (!reason.value.trim()) return t("reason_missing");
      const said = { type: "override.granted", client_id: this.#id, conditions, expires_at: `${expires.value}:00${offset}`, reason: reason.value.trim() };
      if (kind.value === "shipment") said.shipment_id = shipment.value.trim();
      if (kind.value === "amount") said.amount_max = amountOf(amount.value);
      return said;
    };
    const done = () => { reason.value = ""; };
    this.#form.append(h("summary", {}, t("grant")),
      form({ fields, button: t("grant_button"), path: "v1/decisions", body, done, said: t("grant_said") }));
    if (!now()) this.#form.open = false;
  }
}
