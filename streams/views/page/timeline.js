// The last months of a client as a picture, and the same as a table for those who do not look at pictures.
//
// From top to bottom: risk group as a stepped line, blocks as a band, one bar for each obligation from dispatch to
// payment with its overdue days hatched, payments as marks. One day is one step to the right.

import { h, s } from "./dom.js";
import { day, daysBetween, dayAfter, money, when } from "./format.js";
import { named, t } from "./language.js";

const WIDTH = 1000;
const LEFT = 4;
const ROW = 14;
const GROUP_HEIGHT = 44;
const BLOCK_HEIGHT = 16;
const HEADING = 18;
const MONTHS_SHOWN_MAX = 12;

/** Everything for the panel: picture, legend, table. */
export function drawTimeline(facts) {
  if (!facts.obligations.length && !facts.payments.length && !facts.blocks.length && facts.groups.length < 2) {
    return h("p", { class: "empty" }, t("timeline_none"));
  }
  const scroll = h("div", { class: "timeline-scroll", tabindex: "0", role: "group", "aria-label": t("timeline") }, picture(facts));
  const names = scroll.querySelectorAll(".line-name");
  scroll.addEventListener("scroll", () => { // the names of the lines stay in sight
    const shift = (scroll.scrollLeft / scroll.scrollWidth) * WIDTH;
    for (const name of names) name.setAttribute("x", LEFT + shift);
  }, { passive: true });
  requestAnimationFrame(() => { scroll.scrollLeft = scroll.scrollWidth; }); // on a narrow screen today comes first
  return [
    scroll,
    legend(),
    facts.complete ? null : h("p", { class: "quiet" }, t("timeline_cut")),
    h("details", {}, h("summary", {}, t("timeline_as_table")), asTable(facts)),
  ];
}

function picture(facts) {
  const days = Math.max(1, daysBetween(facts.from, facts.until));
  const x = (at) => LEFT + (Math.min(days, Math.max(0, daysBetween(facts.from, at) + partOfDay(at))) / days) * (WIDTH - 2 * LEFT);
  const step = (WIDTH - 2 * LEFT) / days;
  const rows = inRows(facts.obligations, facts.today);
  const parts = [];
  let y = 22;
  const heading = (name) => { parts.push(s("text", { class: "line-name", x: LEFT, y: y + 12 }, t(name))); y += HEADING; };
  heading("line_groups");
  parts.push(groupLine(facts, x, y));
  y += GROUP_HEIGHT + 6;
  heading("line_blocks");
  parts.push(...facts.blocks.map((block) => blockBand(block, facts, x, y)));
  parts.push(s("line", { class: "base", x1: LEFT, x2: WIDTH - LEFT, y1: y + BLOCK_HEIGHT, y2: y + BLOCK_HEIGHT }));
  y += BLOCK_HEIGHT + 8;
  heading("line_obligations");
  for (const [row, one] of rows.placed) parts.push(obligationBar(one, facts, x, y + row * ROW, step));
  y += Math.max(1, rows.count) * ROW + 6;
  heading("line_payments");
  parts.push(...facts.payments.map((payment) => paymentMark(payment, facts, x(payment.value_date) + step / 2, y + 8)));
  y += 22;
  const today = x(facts.as_of);
  return s("svg", { class: "timeline-picture", viewBox: `0 0 ${WIDTH} ${y}`, role: "img", "aria-label": summary(facts), "data-days": days },
    s("defs", {}, s("pattern", { id: "overdue-hatch", width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      s("rect", { class: "hatch-ground", width: 5, height: 5 }), s("line", { class: "hatch-line", x1: 0, y1: 0, x2: 0, y2: 5 }))),
    months(facts, x, y), parts,
    s("line", { class: "today", x1: today, x2: today, y1: 16, y2: y }),
    s("text", { class: "today-name", x: today, y: 12, "text-anchor": today > WIDTH - 60 ? "end" : "middle" }, t("today")));
}

/** How much of its day an instant has behind it, by the company's clock; 0 for a date. */
function partOfDay(at) {
  return at.length > 10 ? (Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16))) / 1440 : 0;
}

function months(facts, x, bottom) {
  const marks = [];
  for (let date = `${facts.from.slice(0, 8)}01`; date <= facts.until; date = `${dayAfter(date, 32).slice(0, 8)}01`) {
    if (date < facts.from) continue;
    marks.push(s("line", { class: "month", x1: x(date), x2: x(date), y1: 16, y2: bottom }),
      s("text", { class: "month-name", x: x(date) + 3, y: 12 }, t("months")[Number(date.slice(5, 7)) - 1]));
  }
  return marks.slice(-2 * MONTHS_SHOWN_MAX);
}

/** Bars that overlap lie in different rows; the earliest dispatch on top. */
function inRows(obligations, today) {
  const ends = [];
  const placed = obligations.map((one) => {
    const end = endOf(one, today);
    const free = ends.findIndex((last) => last < one.dispatched_on);
    const row = free < 0 ? ends.length : free;
    ends[row] = end;
    return [row, one];
  });
  return { placed, count: ends.length };
}

function endOf(one, today) {
  const last = one.paid_on ?? today;
  return last > one.due_date || one.paid_on ? last : one.due_date;
}

function groupLine(facts, x, top) {
  const y = (group) => top + GROUP_HEIGHT - 4 - (group / 3) * (GROUP_HEIGHT - 10);
  const points = [];
  let group = facts.groups.length ? facts.groups[0].from : facts.group;
  points.push([x(facts.from), y(group)]);
  for (const change of facts.groups) {
    const at = x(change.at);
    points.push([at, y(group)], [at, y(change.to)]);
    group = change.to;
  }
  points.push([x(facts.as_of), y(group)]);
  return s("g", {},
    [0, 1, 2, 3].map((one) => [s("line", { class: "base", x1: LEFT, x2: WIDTH - LEFT, y1: y(one), y2: y(one) }),
      s("text", { class: "scale", x: WIDTH - LEFT, y: y(one) - 1, "text-anchor": "end" }, String(one))]),
    s("polyline", { class: "group-line", points: points.map((point) => point.map((value) => value.toFixed(1)).join(",")).join(" ") }));
}

function blockBand(block, facts, x, y) {
  const from = x(block.from);
  const to = x(block.until ?? facts.as_of);
  return s("rect", { class: "block-band", x: from, y, width: Math.max(3, to - from), height: BLOCK_HEIGHT }, title(blockSaid(block, facts)));
}

function obligationBar(one, facts, x, y, step) {
  const start = x(one.dispatched_on);
  const last = endOf(one, facts.today);
  const end = one.paid_on ? x(last) + step / 2 : last === facts.today ? x(facts.as_of) : x(last) + step;
  return s("g", { class: one.paid_on ? "obligation paid" : "obligation" }, title(`${one.obligation_id}: ${obligationSaid(one, facts)}`),
    s("rect", { class: "bar-open", x: start, y, width: Math.max(3, end - start), height: ROW - 5, rx: 2 }),
    one.episodes.map(([first, last]) => s("rect", { class: "bar-overdue", x: x(first), y, width: Math.max(3, Math.min(end, x(last) + step) - x(first)), height: ROW - 5 })),
    s("line", { class: "due", x1: x(one.due_date) + step, x2: x(one.due_date) + step, y1: y - 1, y2: y + ROW - 4 }),
    one.paid_on ? s("circle", { class: "paid-mark", cx: end + 1, cy: y + (ROW - 5) / 2, r: 3 }) : null);
}

function paymentMark(payment, facts, x, y) {
  return s("path", { class: payment.reversed ? "payment reversed" : "payment", d: `M${x.toFixed(1)} ${y - 6}l5 6-5 6-5-6z` },
    title(`${t("payment")} ${payment.id}: ${paymentSaid(payment, facts)}`));
}

function title(text) {
  return s("title", {}, text);
}

function summary(facts) {
  const overdue = facts.obligations.filter((one) => one.episodes.length).length;
  return `${t("timeline")}, ${day(facts.from)} – ${day(facts.until)}. ${t("line_obligations")}: ${facts.obligations.length}, ${t("overdue").toLowerCase()}: ${overdue}. ` +
    `${t("line_payments")}: ${facts.payments.length}. ${t("line_blocks")}: ${facts.blocks.length}.`;
}

function legend() {
  const sample = (kind) => s("svg", { class: "sample", viewBox: "0 0 24 10", "aria-hidden": "true" },
    kind === "payment" ? s("path", { class: "payment", d: "M12 0l5 5-5 5-5-5z" })
      : kind === "paid" ? s("circle", { class: "paid-mark", cx: 12, cy: 5, r: 3.5 })
        : s("rect", { class: { open: "bar-open", overdue: "bar-overdue", blocked: "block-band" }[kind], width: 24, height: 10 }));
  return h("ul", { class: "legend" }, ["open", "overdue", "paid", "payment", "blocked"].map((kind) => h("li", {}, sample(kind), t(`legend_${kind}`))));
}

/** Every line of the picture in words, newest first. */
function asTable(facts) {
  const lines = [
    ...facts.obligations.map((one) => [one.dispatched_on, `${t("obligation")} ${one.obligation_id}`, obligationSaid(one, facts)]),
    ...facts.payments.map((one) => [one.value_date, `${t("payment")} ${one.id}`, paymentSaid(one, facts)]),
    ...facts.blocks.map((one) => [one.from, t("span_blocked"), blockSaid(one, facts)]),
    ...facts.groups.map((one) => [one.at, t("risk_group"), t("group_line", one)]),
  ].sort((one, other) => (one[0] < other[0] ? 1 : -1));
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": t("timeline") }, h("table", {},
    h("thead", {}, h("tr", {}, [t("date"), t("what"), t("detail")].map((word) => h("th", { scope: "col" }, word)))),
    h("tbody", {}, lines.map(([at, what, detail]) => h("tr", {}, h("td", {}, day(at)), h("th", { scope: "row" }, what), h("td", {}, detail))))));
}

function obligationSaid(one, facts) {
  return [
    t("obligation_line", { amount: money(one.amount, facts.currency), due: day(one.due_date, facts.today) }),
    ...one.episodes.map(([first, last]) => t("obligation_overdue", { first: day(first, facts.today), last: day(last, facts.today) })),
    one.paid_on ? `${t("obligation_paid")} ${day(one.paid_on, facts.today)}` : t("obligation_rest", { rest: money(one.outstanding, facts.currency) }),
  ].join("; ");
}

function paymentSaid(payment, facts) {
  const said = t("payment_line", { amount: money(payment.amount, facts.currency), on: day(payment.value_date, facts.today) });
  return payment.reversed ? `${said}; ${t("payment_reversed")}` : said;
}

function blockSaid(block, facts) {
  const until = block.until ? when(block.until, facts.today) : t("until_now");
  return `${when(block.from, facts.today)} – ${until}: ${block.reasons.map(named).join(", ")}`;
}
