// The form by which a clerk enters a payment that no other system sends.

import { nowText } from "./clock.js";
import { h, show } from "./dom.js";
import { money } from "./format.js";
import { corrections } from "./corrections.js";
import { amountOf, amountShown, field, form } from "./forms.js";
import { t } from "./language.js";
import { panel } from "./parts.js";

/** A panel with the form; `update(status)` offers the obligations that are open now, `past(facts)` what was entered before
 *  and can be corrected. `entered()` is called when something was said. */
export function paymentForm(id, status, entered) {
  const made = panel("payment", t("pay_title"), "");
  let amount, on, obligation;
  const fields = [
    field(t("pay_for"), (name) => (obligation = h("select", { id: name, onchange: () => fillIn() }))),
    field(t("pay_amount", { currency: status.currency }), (name) => (amount = h("input", { id: name, inputmode: "decimal", maxlength: 20, autocomplete: "off" }))),
    field(t("pay_on"), (name) => (on = h("input", { id: name, type: "date", value: nowText().slice(0, 10), max: nowText().slice(0, 10) }))),
  ];
  let open = [];
  let dated = on.value !== ""; // the day of the server's clock, once it is known; after that it is the clerk's
  const fillIn = () => {
    const chosen = open.find((one) => one.obligation_id === obligation.value);
    if (chosen) amount.value = amountShown(chosen.outstanding);
  };
  const body = () => {
    const sum = amountOf(amount.value);
    if (sum === null) return t("amount_wrong");
    if (!on.value) return t("pay_on_missing");
    const said = { client_id: id, amount: sum, currency: status.currency, value_date: on.value };
    return obligation.value ? { ...said, obligations: [obligation.value] } : said;
  };
  const done = () => { amount.value = ""; entered(); };
  const past = corrections(id, status.currency, entered);
  made.body.append(form({ fields, button: t("pay_button"), path: "v1/payments", body, done, said: t("pay_said") }), past.element);

  let last = status;
  let facts = null;
  const update = (latest) => {
    last = latest;
    if (facts) past.draw(facts, last);
    open = latest.open_obligations;
    const chosen = obligation.value;
    show(obligation, open.map((one) => [one.obligation_id, one.outstanding]), () => [
      h("option", { value: "" }, t("pay_oldest")),
      open.map((one) => h("option", { value: one.obligation_id }, `${one.obligation_id} · ${money(one.outstanding, latest.currency)}`))]);
    if (open.some((one) => one.obligation_id === chosen)) obligation.value = chosen;
    if (document.activeElement !== on) on.max = nowText().slice(0, 10);
    if (!dated && nowText()) {
      on.value = nowText().slice(0, 10);
      dated = true;
    }
  };
  update(status);
  return { element: made.element, update, past: (found) => { facts = found; past.draw(facts, last); } };
}
