// Correcting a payment that was entered here: the same fact said again in a higher revision, or withdrawn. Payments that
// another system sends are corrected there: its next revision would take back what was said here.

import { nowText } from "./clock.js";
import { h, show } from "./dom.js";
import { day, money } from "./format.js";
import { amountOf, amountShown, field, form } from "./forms.js";
import { t } from "./language.js";

const ENTERED_HERE = /^payment-[0-9a-f]{16}$/; // as the server names what comes without an id

/** What is offered below the form; `draw(facts, status)` takes the payments of the timeline; `done()` asks for them anew. */
export function corrections(id, currency, done) {
  const list = h("div");
  const answer = h("p", { class: "form-answer", role: "status" }); // stays when the line it is about is drawn anew or gone
  const revisions = new Map(); // sent from here; the facts may not have them yet
  const next = (payment) => Math.max(payment.revision, revisions.get(payment.id) ?? 0) + 1;
  const same = (payment) => ({ client_id: id, id: payment.id, revision: next(payment) });
  const sent = (payment, said) => () => {
    revisions.set(payment.id, next(payment));
    answer.textContent = said;
    done();
  };
  const draw = (facts, status) => {
    const found = facts.payments.filter((one) => ENTERED_HERE.test(one.id) && !one.reversed && !one.rate).reverse();
    const open = status.open_obligations.map((one) => one.obligation_id);
    show(list, found.length ? [found, open] : null, () => (found.length
      ? [h("h3", {}, t("correct_title")), h("ul", { class: "plain-list" }, found.map((one) => h("li", {}, h("details", {},
        h("summary", { "data-focus": one.id }, summary(one, currency)),
        correction(one, open, currency, same, sent(one, t("correct_said"))), withdrawal(one, same, sent(one, t("withdraw_said")))))))]
      : null));
  };
  return { element: h("div", { class: "corrections" }, list, answer), draw };
}

function summary(payment, currency) {
  const what = payment.obligations.length ? `, ${payment.obligations.join(", ")}` : "";
  return `${day(payment.value_date, nowText())}: ${money(payment.amount, currency)}${what}`;
}

function correction(payment, open, currency, same, done) {
  let amount, on, obligation;
  const own = payment.obligations.join("\n"); // of several the first is paid first: they are kept as they are
  const others = open.filter((one) => one !== own);
  const fields = [
    field(t("pay_for"), (name) => (obligation = h("select", { id: name },
      h("option", { value: "" }, t("pay_oldest")),
      own ? h("option", { value: own, selected: true }, payment.obligations.join(", ")) : null,
      others.map((one) => h("option", { value: one }, one))))),
    field(t("pay_amount", { currency }), (name) => (amount = h("input", {
      id: name, inputmode: "decimal", maxlength: 20, autocomplete: "off", value: amountShown(payment.amount) }))),
    field(t("pay_on"), (name) => (on = h("input", { id: name, type: "date", value: payment.value_date, max: nowText().slice(0, 10) }))),
  ];
  const body = () => {
    const sum = amountOf(amount.value);
    if (sum === null) return t("amount_wrong");
    if (!on.value) return t("pay_on_missing");
    const words = { ...same(payment), amount: sum, currency, value_date: on.value };
    return obligation.value ? { ...words, obligations: obligation.value.split("\n") } : words;
  };
  return form({ fields, button: t("correct_button"), path: "v1/payments", body, done, said: "" });
}

/** Withdrawn is what never came; asked for twice, for a finger slips. */
function withdrawal(payment, same, done) {
  const made = form({ fields: [], button: t("withdraw"), path: "v1/payments", done, said: "", kind: "plain",
    body: () => {
      const button = made.querySelector("button");
      if (button.dataset.sure) return { ...same(payment), voided: true };
      button.dataset.sure = "yes";
      button.textContent = t("withdraw_now");
      return t("withdraw_sure");
    } });
  return made;
}
