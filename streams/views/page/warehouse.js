// The answer at the gate: scan or type, and see from three metres whether it may leave. When anything is unsure the
// answer is grey and names whom to ask: nothing leaves on an old or a missing word.

import { get } from "./api.js";
import { nowText, tick } from "./clock.js";
import { condition } from "./conditions.js";
import { calmed, h, icon, show } from "./dom.js";
import { money, said, when } from "./format.js";
import { amountOf, field } from "./forms.js";
import { named, t } from "./language.js";

const RECENT_MAX = 5;
const ASK_WITHIN_MS = 3000;
const OLD_AFTER_MS = 10_000;

export class Warehouse {
  title = t("ask_title");
  place = "warehouse";
  #app;
  #code = "";
  #amount = null;
  #asked = 0;
  #answeredAt = 0;
  #recent = [];
  #input;
  #amountInput;
  #answer = h("div", { class: "answer", role: "status", "aria-live": "assertive", "aria-atomic": "true" });
  #asOf = h("p", { class: "quiet" }); // beside the answer: a reader of screens must not hear it every two seconds
  #list = h("nav", { class: "recent", "aria-label": t("recent") });
  #ends;
  #timer;

  constructor(app, main, code = "") {
    this.#app = app;
    main.classList.add("warehouse");
    main.append(h("h1", {}, t("ask_title")), this.#form(), this.#answer, this.#asOf, this.#list);
    const again = calmed(300, () => this.#ask(false));
    this.#ends = [
      app.live.listen((name, event) => {
        if (name === "summary") main.querySelector(`label[for="${this.#amountInput.id}"]`).textContent = t("ask_amount", { currency: event.currency });
        if (name === "summary" || name === "reset" || event.client_id) again();
      }),
      app.live.watch((state) => { if (state === "lost" && this.#code) this.#say({ state: "unknown", words: [t("answer_lost")] }); }),
    ];
    this.#timer = setInterval(() => this.#age(), 1000);
    queueMicrotask(() => this.#input.focus());
    if (code) { this.#input.value = code; this.#begin(code, null); }
  }

  close() {
    this.#ends.forEach((end) => end());
    clearInterval(this.#timer);
  }

  #form() {
    const submit = (event) => {
      event.preventDefault();
      const code = this.#input.value.trim();
      const typed = this.#amountInput.value.trim();
      const amount = amountOf(typed);
      if (code && typed && amount === null) this.#misread();
      else this.#begin(code, amount);
      this.#input.select(); // the next scan replaces this one
    };
    const code = field(t("ask_label"), (id) => (this.#input = h("input", {
      id, class: "code", maxlength: 129, autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go", placeholder: t("ask_hint") })));
    const amount = field(t("ask_amount", { currency: this.#app.live.currency }), (id) => (this.#amountInput = h("input", {
      id, inputmode: "decimal", maxlength: 16, autocomplete: "off" })));
    return h("form", { class: "ask", onsubmit: submit }, code, amount, h("button", { class: "primary", type: "submit" }, t("ask")));
  }

  #begin(code, amount) {
    this.#code = code;
    this.#amount = amount;
    if (!code) return this.#answer.replaceChildren();
    this.#say({ state: "asking", words: [] });
    this.#ask(true);
    return undefined;
  }

  /** An amount was typed that is none: an answer without it would say more than was asked. */
  #misread() {
    this.#code = "";
    this.#asked += 1; // an answer under way is of no use now
    this.#say({ state: "unknown", words: [t("amount_wrong")] });
  }

  async #ask(asked) {
    if (!this.#code) return;
    const mine = ++this.#asked;
    let answer;
    try {
      answer = await answerTo(this.#code, this.#amount);
    } catch (problem) {
      answer = { state: "unknown", words: [problem.status ? problem.message : t("answer_lost")] };
    }
    if (mine !== this.#asked) return;
    if (this.#app.live.state === "lost" && answer.state === "ship") answer = { ...answer, state: "unknown", words: [t("answer_lost")] };
    this.#answeredAt = performance.now();
    this.#asOf.textContent = nowText() ? t("as_of", { at: when(nowText()) }) : "";
    this.#say(answer);
    if (asked) this.#remember(this.#code, answer.state);
  }

  /** What could not be asked again for some seconds counts no longer. */
  #age() {
    if (!this.#code || !this.#answeredAt || performance.now() - this.#answeredAt < OLD_AFTER_MS) return;
    this.#say({ state: "unknown", words: [t("answer_lost")] });
  }

  #say(answer) {
    this.#answer.dataset.state = answer.state;
    show(this.#answer, [this.#code, answer], () => draw(this.#code, answer, (code) => { this.#input.value = code; this.#begin(code, null); }));
    tick(this.#answer);
  }

  #remember(code, state) {
    this.#recent = [{ code, state }, ...this.#recent.filter((one) => one.code !== code)].slice(0, RECENT_MAX);
    const again = (one) => { this.#input.value = one.code; this.#begin(one.code, null); };
    this.#list.replaceChildren(h("p", { class: "quiet" }, t("recent")),
      h("ul", {}, this.#recent.map((one) => h("li", {}, h("button", { type: "button", class: "plain", onclick: () => again(one) }, one.code)))));
  }
}

/** `{state, name, words, reasons, approved}` about a client or a shipment; `unknown` for whatever is not sure. */
async function answerTo(code, amount) {
  const found = await get(`v1/desk/find?${new URLSearchParams({ code })}`, ASK_WITHIN_MS);
  if (!found) return { state: "unknown", words: [t("answer_not_found", { code })] };
  const path = `v1/clients/${encodeURIComponent(found.client_id)}`;
  const client = await get(path, ASK_WITHIN_MS);
  if (!client?.status) return { state: "unknown", words: [t("answer_not_found", { code })] };
  const { status, block, freshness } = client;
  const common = { name: client.name ?? found.client_id, id: found.client_id };
  if (!freshness.fresh) return { ...common, state: "unknown", words: [named(freshness.reason), t("answer_unknown_long")] };
  if (found.shipment_id) return aboutShipment(path, found, client, common);
  if (status.blocked) return { ...common, state: "stop", words: [], reasons: block?.conditions ?? status.conditions };
  if (amount) return judged(await mayShip(path, amount), common);
  return { ...common, state: "ship", words: [t("answer_free")], approved: status.reservations.map((one) => one.shipment_id) };
}

async function aboutShipment(path, found, client, common) {
  const { status } = client;
  const reservation = status.reservations.find((one) => one.shipment_id === found.shipment_id);
  const named_ = { ...common, shipment: found.shipment_id };
  if (reservation) {
    const answer = judged(await mayShip(path, reservation.amount, found.shipment_id), named_);
    const words = answer.state === "ship"
      ? [t("answer_approved", { amount: money(reservation.amount, status.currency), at: when(reservation.reserved_until, nowText()) })] : answer.words;
    return { ...answer, words };
  }
  const last = await get(`${path}/shipments/${encodeURIComponent(found.shipment_id)}`, ASK_WITHIN_MS);
  if (!last) return { ...named_, state: "stop", words: [t("answer_no_approval")] };
  const reasons = last.event.reasons ?? [];
  const words = last.event.type === "shipment.approved" ? [t("answer_approval_over")] : reasons.length ? [] : [said(last.event.explanation)];
  return { ...named_, state: "stop", words, reasons };
}

function mayShip(path, amount, shipment) {
  return get(`${path}/may-ship?${new URLSearchParams({ amount, ...(shipment ? { shipment_id: shipment } : {}) })}`, ASK_WITHIN_MS);
}

function judged(answer, common) {
  const state = { approve: "ship", refuse: "stop" }[answer?.decision] ?? "unknown";
  const words = state === "unknown" ? [...(answer?.reasons ?? []).map((one) => named(one.reason)), t("answer_unknown_long")] : [];
  return { ...common, state, words, reasons: state === "stop" ? answer.reasons : [] };
}

function draw(code, answer, choose) {
  if (answer.state === "asking") return h("p", { class: "quiet" }, `${code} …`);
  const picture = { ship: "ship", stop: "stop" }[answer.state] ?? "unknown";
  return [
    h("div", { class: "light" }, icon(picture), h("p", { class: "verdict" }, t(`answer_${picture}`))),
    h("p", { class: "about" }, h("b", {}, answer.shipment ?? answer.name ?? code), answer.shipment ? ` ${answer.name}` : "",
      answer.id && answer.id !== answer.name ? h("span", {}, ` ${answer.id}`) : null),
    answer.words.map((word) => h("p", { class: "words" }, word)),
    answer.reasons?.length ? h("ul", { class: "conditions" }, answer.reasons.map(condition)) : null,
    answer.approved?.length ? h("div", { class: "approved" }, h("p", {}, t("approved_here")),
      answer.approved.map((shipment) => h("button", { type: "button", onclick: () => choose(shipment) }, shipment))) : null,
  ];
}
