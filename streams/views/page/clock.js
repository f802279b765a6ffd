// The server's clock: countdowns are computed from the instant its answers are as of, never from this machine's clock.

import { instant, span } from "./format.js";
import { t } from "./language.js";

let known = 0;
let knownAt = 0;
let text = "";

/** An answer was as of this instant. Earlier ones than known (another partition) do not turn the clock back. */
export function heard(asOf) {
  if (!asOf) return;
  const at = instant(asOf);
  if (at < known) return;
  known = at;
  knownAt = performance.now();
  text = asOf;
  tick();
}

/** Milliseconds since 1970 by the server's clock; 0 before its first answer. */
export function now() {
  return known ? known + (performance.now() - knownAt) : 0;
}

/** The date in the company's zone, as text. */
export function today() {
  const offset = text.slice(19).match(/([+-])(\d\d):(\d\d)$/);
  const minutes = offset ? (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === "-" ? -1 : 1) : 0;
  return new Date(now() + minutes * 60_000).toISOString().slice(0, 10);
}

/** An instant of the server in the company's zone, like those that it sends. */
export function nowText() {
  return text;
}

/** Writes every countdown on the page anew: elements with `data-until` or `data-since`. */
export function tick(root = document) {
  const at = now();
  if (!at) return;
  for (const element of root.querySelectorAll("[data-until],[data-since]")) {
    const { until, since } = element.dataset;
    const said = until
      ? (Number(until) > at ? t("in_span", { span: span(Number(until) - at) }) : t("any_moment"))
      : span(at - Number(since));
    if (element.textContent !== said) element.textContent = said;
  }
}

setInterval(tick, 1000);
