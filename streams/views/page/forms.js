// What the forms have in common: labelled fields, one answer below, no second sending while the first is under way.

import { post } from "./api.js";
import { h } from "./dom.js";
import { language, t } from "./language.js";

let numbers = 0;

/** A label with its field; `make(id)` makes the field. */
export function field(label, make, hint) {
  const id = `field-${(numbers += 1)}`;
  const input = make(id);
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" }, h("label", { for: id }, label), input, hint ? h("p", { id: `${id}-hint`, class: "quiet" }, hint) : null);
}

/** "12,5", "1 200.00", "1,200.00" or "1.200,00" as the contract writes money: "12.50"; null when it is none. */
export function amountOf(text) {
  const found = /^(\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*|\d+)(?:([.,])(\d{1,2}))?$/.exec(text.replace(/\s/g, ""));
  if (!found) return null;
  const [, whole, thousands, point, cents = ""] = found;
  // 1,180 is a thousand and more to English readers alone; to others, and 1.180 to anybody, it may be a slip
  if (thousands && (thousands === point || (!point && (thousands === "." || language() !== "en")))) return null;
  const digits = whole.replace(/[.,]/g, "").replace(/^0+(?=\d)/, "");
  return digits.length > 12 ? null : `${digits}.${cents.padEnd(2, "0")}`;
}

/** An amount of the contract as one of these readers writes it into a field: "1180.00" or "1180,00". */
export function amountShown(text) {
  return language() === "ru" ? text.replace(".", ",") : text;
}

/** A form; `body()` gives what is posted to `path`, or a sentence (text) that says what is missing. */
export function form({ fields, button, path, body, done, said, kind = "primary" }) {
  const answer = h("p", { class: "form-answer", role: "status" });
  const send = h("button", { class: kind, type: "submit" }, button);
  let key = null; // kept until the server has answered: a repetition after a lost answer says nothing twice
  let sent = "";
  const submit = async (event) => {
    event.preventDefault();
    const words = body();
    if (typeof words === "string") return say(words, true);
    const text = JSON.stringify(words);
    if (key === null || sent !== text) key = `page-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
    sent = text;
    send.disabled = true;
    say(t("sending"), false);
    try {
      await post(path, words, key);
      key = null;
      say(said, false);
      done?.();
    } catch (problem) {
      if (problem.status) key = null;
      say(problem.message, true); // its sentence names the field already
    } finally {
      send.disabled = false;
    }
    return undefined;
  };
  const say = (text, wrong) => {
    answer.textContent = text;
    answer.dataset.wrong = wrong ? "yes" : "no";
  };
  return h("form", { onsubmit: submit, novalidate: true }, fields, send, answer);
}
