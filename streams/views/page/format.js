// Money, instants and spans as people read them. Money is text all the way: no floating point number touches it.

import { language, t } from "./language.js";

const NO_BREAK = "\u00a0";
const DAY = 86_400_000;

/** "12345.00" → "12,345.00" or "12 345,00". */
export function money(text, currency) {
  const negative = text.startsWith("-");
  const [whole, cents] = text.replace("-", "").split(".");
  const russian = language() === "ru";
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, russian ? NO_BREAK : ",");
  const said = `${negative ? "−" : ""}${grouped}${russian ? "," : "."}${cents ?? "00"}`;
  return currency ? `${said}${NO_BREAK}${currency}` : said;
}

const AMOUNT = /(?<![\w.,-])\d+\.\d\d(?![\w%]|[.,]\d)/g;

/** A sentence that came in both languages, its amounts written as everywhere on the page. */
export function said(explanation) {
  return amountsIn(explanation?.[language()] ?? explanation?.en ?? "");
}

/** Amounts of the contract in a text as people read them; dates (10.03.2026) and shares stay. */
export function amountsIn(text) {
  return text.replace(AMOUNT, (amount) => money(amount));
}

/** 12345 → "12,345" or "12 345". */
export function count(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, language() === "ru" ? NO_BREAK : ",");
}

/** A share of 0 to 1 as "12%". */
export function share(part) {
  return `${Math.round(part * 100)}${language() === "ru" ? NO_BREAK : ""}%`;
}

/** "2026-03-16" → "16 Mar 2026"; without the year when it is that of `near`. */
export function day(text, near) {
  const [year, month, date] = text.slice(0, 10).split("-").map(Number);
  const said = `${date}${NO_BREAK}${t("months")[month - 1]}`;
  return near && near.slice(0, 4) === text.slice(0, 4) ? said : `${said}${NO_BREAK}${year}`;
}

/** An instant as the company's clock showed it: the offset in the text is the company's. */
export function when(text, near) {
  return `${day(text, near)}${NO_BREAK}${text.slice(11, 16)}`;
}

/** Milliseconds since 1970 of an instant, or of 00:00 of a date (as if in UTC: for differences of dates). */
export function instant(text) {
  return Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text);
}

/** A span in its two largest units: "3 d 4 h", "4 h 12 min", "40 s". */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), t("unit_day")],
    [Math.floor(seconds / 3600) % 24, t("unit_hour")],
    [Math.floor(seconds / 60) % 60, t("unit_minute")],
    [seconds % 60, t("unit_second")],
  ];
  const first = parts.findIndex(([number]) => number > 0);
  if (first < 0) return `0${NO_BREAK}${t("unit_second")}`;
  return parts.slice(first, first + 2).filter(([number]) => number > 0)
    .map(([number, unit]) => `${number}${NO_BREAK}${unit}`).join(" ");
}

/** Whole days from one date to another. */
export function daysBetween(from, to) {
  return Math.round((instant(to.slice(0, 10)) - instant(from.slice(0, 10))) / DAY);
}

/** The date so many days after another. */
export function dayAfter(text, days) {
  return new Date(instant(text.slice(0, 10)) + days * DAY).toISOString().slice(0, 10);
}
