// What the forms have in common: labelled fields, one answer below, no second sending while the first is under way.

import { post } from "./api.js";
import { h } from "./dom.js";
import { t } from "./language.js";

let numbers = 0;

/** A label with its field; `make(id)` makes the field. */
export function field(label, make, hint) {
  const id = `field-${(numbers += 1)}`;
  const input = make(id);
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" }, h("label", { for: id }, label), input, hint ? h("p", { id: `${id}-hint`, class: "quiet" }, hint) : null);
}

/** "12,5" or "1 200.00" as the contract writes money: "12.50"; null when it is none. */
export function amountOf(text) {
  const plain = text.replace(/[\s\u00a0]/g, "").replace(",", ".");
  const found = plain.match(/^(\d{1,12})(?:\.(\d{1,2}))?$/);
  return found ? `${Number(found[1]) === 0 ? "0" : found[1].replace(/^0+/, "")}.${(found[2] ?? "").padEnd(2, "0")}` : null;
}

/** A form; `body()` gives what is posted to `path`, or a sentence (text) that says what is missing. */
export function form({ fields, button, path, body, done, said }) {
  const answer = h("p", { class: "form-answer", role: "status" });
  const send = h("button", { class: "primary", type: "submit" }, button);
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
