// What the server says by itself. A stream that broke is taken up again where it ended; meanwhile the page says so.

import { heard } from "./clock.js";
import { get } from "./api.js";

const EVENTS = [
  "shipment.blocked", "shipment.released", "category.changed", "shipment.approved", "shipment.refused",
  "shipment.approval_expired", "shipment.approval_withdrawn", "shipment.shipped_while_blocked",
  "shipment.shipped_without_approval", "client.changed", "reset", "freshness",
];
const ASK_EVERY_MS = 2000;
const ASK_WITHIN_MS = 4000;
const RETRY_MS = 1000;

/** One connection for the whole page; listeners get `(name, data)`. */
export class Live {
  #listeners = new Set();
  #states = new Set();
  #source = null;
  #timers = [];
  #asking = false;
  state = "connecting"; // connecting · live · stale (a worker is silent) · lost
  currency = "";
  #completeAt = null; // by this machine's running clock: when what was known last was complete

  start() {
    this.#open();
    this.#timers.push(setInterval(() => this.#ask(), ASK_EVERY_MS));
    this.#ask();
  }

  stop() {
    this.#source?.close();
    this.#timers.forEach(clearInterval);
    this.#timers = [];
    this.#source = null;
  }

  /** Returns a function that ends the listening. */
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells every change of `state`, and the present one at once; returns a function that ends it. */
  watch(watcher) {
    this.#states.add(watcher);
    watcher(this.state);
    return () => this.#states.delete(watcher);
  }

  /** Milliseconds since all that had happened was known here; it grows by itself. `null`: never. */
  get age() {
    return this.#completeAt === null ? null : performance.now() - this.#completeAt;
  }

  #open() {
    const source = new EventSource("v1/events");
    this.#source = source;
    source.onopen = () => { this.#ask(); this.#tell("reopened", {}); };
    source.onerror = () => {
      this.#become("lost");
      if (source.readyState !== EventSource.CLOSED) return; // else the browser tries again by itself
      const again = setTimeout(() => { if (this.#source === source) this.#open(); }, RETRY_MS);
      this.#timers.push(again);
    };
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => this.#tell(name, JSON.parse(event.data)));
    }
  }

  /** A connection can look open and be dead: what is not answered in time counts as lost. */
  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const summary = await get("v1/summary", ASK_WITHIN_MS);
      const ages = summary.partitions.map((partition) => partition.age_ms);
      this.#completeAt = ages.length && !ages.includes(null) ? performance.now() - Math.max(...ages) : null;
      heard(summary.now);
      this.currency = summary.currency;
      const open = this.#source?.readyState === EventSource.OPEN;
      const fresh = summary.partitions.length > 0 && summary.partitions.every((partition) => partition.fresh);
      const beginning = this.state === "connecting" && this.#source?.readyState === EventSource.CONNECTING;
      this.#become(beginning ? "connecting" : !open ? "lost" : fresh ? "live" : "stale");
      this.#tell("summary", summary);
    } catch {
      this.#become("lost");
    } finally {
      this.#asking = false;
    }
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    for (const watcher of this.#states) watcher(state);
  }

  #tell(name, data) {
    for (const listener of [...this.#listeners]) listener(name, data);
  }
}
