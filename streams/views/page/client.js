// One client: may it be shipped to, why not, what lifts it, what comes next, and how it came about.

import { get } from "./api.js";
import { heard, nowText, tick, today } from "./clock.js";
import { askAddress } from "./addresses.js";
import { calmed, h, show } from "./dom.js";
import { day, daysBetween, money, when } from "./format.js";
import { named, t } from "./language.js";
import { conditions, nextChange } from "./conditions.js";
import { History } from "./history.js";
import { Overrides } from "./overrides.js";
import { groupMark, panel, since, stateMark } from "./parts.js";
import { paymentForm } from "./payment.js";
import { drawTimeline } from "./timeline.js";

const ASK_EVERY_MS = 300;

export class ClientView {
  place = "";
  #app;
  #id;
  #head = h("div", { class: "client-head" });
  #error = h("p", { class: "warning", role: "alert" });
  #body = h("div", { class: "client" });
  #panels = null;
  #overrides = null;
  #history = null;
  #ends;
  #asking = false;
  #again = false;
  #drawnVersion = "";
  #timelines = 0;

  constructor(app, main, id) {
    this.#app = app;
    this.#id = id;
    this.title = id;
    main.append(this.#head, this.#error, this.#body);
    const ask = calmed(ASK_EVERY_MS, () => this.#load());
    this.#ends = [app.live.listen((name, event) => {
      if (event.client_id === id || name === "summary" || name === "reset" || name === "reopened") ask();
    })];
    this.#load();
  }

  close() {
    this.#ends.forEach((end) => end());
    this.#history?.close?.();
  }

  async #load() {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      const client = await get(`v1/clients/${encodeURIComponent(this.#id)}`);
      if (!client) {
        show(this.#head, this.#id, () => h("h1", {}, t("client_unknown", { id: this.#id })));
        return;
      }
      heard(client.now); // at a page opened by its address nothing else may have told the day that the forms begin with
      this.#draw(client);
      this.#error.textContent = "";
    } catch (problem) {
      if (problem.status) this.#error.textContent = problem.message;
      show(this.#head, [this.#id, "unknown"], () => this.#unknown());
    } finally {
      this.#asking = false;
      tick();
      if (this.#again) { this.#again = false; this.#load(); }
    }
  }

  #unknown() {
    return [h("h1", {}, this.#id), h("p", { class: "state", "data-state": "unknown" }, stateMark("unknown", t("state_unknown")))];
  }

  #draw(client) {
    const { status, block, freshness } = client;
    if (!status) {
      show(this.#head, [this.#id, "unknown"], () => this.#unknown());
      return;
    }
    this.title = client.name ?? this.#id;
    document.title = `${this.title} · Stoplist`;
    show(this.#head, [client.name, status.blocked, block?.sequence, status.categories, status.flags, status.warnings, freshness.fresh, freshness.reason], () => head(this.#id, client));
    if (!this.#panels) this.#make(client);
    const panels = this.#panels;
    show(panels.lifts.body, [block, status.conditions], () => conditions(status, block));
    show(panels.next.body, status.next_change, () => nextChange(status.next_change));
    show(panels.figures.body, [today(), status.outstanding, status.overdue_days_current, status.exposure, status.limit, status.reserved, status.unapplied, status.violations, status.overdue_days_longest], () => figures(status));
    show(panels.obligations.body, [status.open_obligations, status.open_obligations_count, today()], () => obligations(status));
    show(panels.others.body, [status.reservations, status.documents, status.first_deal], () => others(status));
    this.#overrides.draw(status, block);
    panels.pay?.update(status);
    const version = `${status.sequence} ${status.as_of}`; // facts may move what is owed and decide nothing
    if (version !== this.#drawnVersion) {
      this.#drawnVersion = version;
      this.#history.refresh();
      this.#drawTimeline();
    }
  }

  #make(client) {
    this.#overrides = new Overrides(this.#app, this.#id, client.status.currency);
    this.#history = new History(this.#id);
    const panels = {
      lifts: panel("lifts", t("what_lifts"), ""),
      next: panel("next-change", t("next_change"), ""),
      figures: panel("figures", t("figures"), ""),
      obligations: panel("obligations", t("open_obligations"), ""),
      timeline: panel("timeline", t("timeline"), t("timeline_hint")),
      overrides: this.#overrides,
      pay: this.#app.may("account") ? paymentForm(this.#id, client.status, () => this.#drawTimeline()) : null,
      others: panel("others", t("documents"), ""),
      history: this.#history,
    };
    this.#panels = panels;
    const stack = (...names) => h("div", { class: "stack" }, names.map((name) => panels[name]?.element));
    this.#body.replaceChildren(
      h("div", { class: "client-top" }, stack("lifts", "obligations"), stack("next", "figures")), panels.timeline.element,
      h("div", { class: "client-low" }, stack("overrides"), stack("pay"), stack("others")), panels.history.element);
  }

  async #drawTimeline() {
    const { body } = this.#panels.timeline;
    if (!body.firstChild) body.append(h("p", { class: "empty" }, t("loading")));
    const mine = ++this.#timelines;
    let facts = null;
    try { facts = await get(`v1/desk/clients/${encodeURIComponent(this.#id)}/timeline`, 20_000); } catch { /* said below */ }
    if (mine !== this.#timelines) return; // asked for again meanwhile
    if (facts) this.#panels.pay?.past(facts);
    show(body, facts, () => (facts ? drawTimeline(facts) : h("p", { class: "empty" }, t("timeline_failed"))));
  }
}

function head(id, client) {
  const { status, block, freshness } = client;
  const state = !freshness.fresh ? "unknown" : status.blocked ? "blocked" : "free";
  const word = state === "free" && block?.overridden ? "state_overridden" : `state_${state}`;
  const categories = status.categories;
  const best = ["key", "medium", "small"].find((name) => categories.importance.some((one) => one.importance === name));
  const marks = [
    [t("risk_group"), [groupMark(categories.risk_group), ` ${t(`group_${categories.risk_group}`)}`]],
    [t("volume"), categories.volume],
    best ? [t("importance"), named(best)] : null,
    categories.lifecycle ? [t("lifecycle"), named(categories.lifecycle)] : null,
    status.flags.length + status.warnings.length ? [t("flags"), [...status.flags, ...status.warnings].map(named).join(", ")] : null,
  ].filter(Boolean);
  return [
    h("div", { class: "client-title" }, h("h1", {}, client.name ?? id), client.name ? h("p", { class: "quiet" }, id) : null,
      h("a", { class: "button", href: askAddress(id) }, t("ask_title"))),
    h("p", { class: "state", "data-state": state },
      stateMark(state, t(word)),
      state === "blocked" && block ? h("span", { class: "quiet" }, `${t("for_span")} `, since(sinceOf(block))) : null,
      state === "unknown" ? h("span", { class: "quiet" }, named(freshness.reason)) : null),
    h("dl", { class: "marks" }, marks.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))),
  ];
}

/** Since when what blocks has blocked. */
function sinceOf(block) {
  const instants = (block.conditions ?? []).filter((condition) => !condition.overrides?.length).map((condition) => condition.since);
  return instants.sort((one, other) => Date.parse(one) - Date.parse(other))[0] ?? block.effective_at;
}

function figures(status) {
  const { currency } = status;
  const days = status.overdue_since ? daysBetween(status.overdue_since, today()) + 1 : 0; // they pass without a record
  const rows = [
    [t("outstanding"), money(status.outstanding, currency)],
    [t("overdue_current"), days > 0 ? `${days} ${t("unit_day")}` : "–"],
    [t("overdue_longest"), status.overdue_days_longest ? `${Math.max(days, status.overdue_days_longest)} ${t("unit_day")}` : "–"],
    [t("violations"), String(status.violations)],
    [t("unapplied"), money(status.unapplied, currency)],
    status.reserved ? [t("reserved"), money(status.reserved, currency)] : null,
    [t("exposure"), money(status.exposure, currency)],
    [t("limit"), status.limit === null ? t("no_limit") : money(status.limit, currency)],
  ].filter(Boolean);
  return h("dl", { class: "figures" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function obligations(status) {
  if (!status.open_obligations.length) return h("p", { class: "empty" }, t("no_obligations"));
  const near = today();
  const rest = status.open_obligations_count - status.open_obligations.length;
  return [
    h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": t("open_obligations") }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("obligation")), h("th", { scope: "col" }, t("due")),
        h("th", { scope: "col", class: "number" }, t("amount")), h("th", { scope: "col", class: "number" }, t("rest")), h("th", { scope: "col", class: "number" }, t("overdue_days")))),
      h("tbody", {}, status.open_obligations.map((one) => {
        const days = daysBetween(one.due_date, near);
        return h("tr", { "data-overdue": one.judged ? "yes" : null },
          h("th", { scope: "row" }, one.obligation_id), h("td", {}, day(one.due_date, near)),
          h("td", { class: "number" }, money(one.amount)), h("td", { class: "number" }, money(one.outstanding)),
          h("td", { class: "number" }, days > 0 ? (one.judged ? String(days) : t("not_judged")) : "–"));
      })))),
    rest > 0 ? h("p", { class: "quiet" }, t("more_obligations", { count: rest })) : null,
  ];
}

function others(status) {
  const deal = status.first_deal;
  return h("ul", { class: "plain-list" },
    status.documents.map((one) => h("li", {}, `${named(one.document)} ${one.number}, ${day(one.on)}, ${named(one.form)}`, one.in_force ? null : h("b", {}, ` · ${t("not_in_force")}`))),
    deal ? h("li", {}, `${t("first_deal")}: ${named(deal.state)}`, deal.closed_on ? ` ${day(deal.closed_on)}` : "") : null,
    status.reservations.map((one) => h("li", {}, `${t("reservations")}: ${one.shipment_id}, ${money(one.amount, status.currency)}, ${t("until", { at: when(one.reserved_until, nowText()) })}`)));
}
