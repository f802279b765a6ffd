// Calls of the server. What goes wrong is a Problem with a sentence for people; nothing is swallowed.

import { t } from "./language.js";

const TIMEOUT_MS = 8000;
let csrf = "";
let whenLoggedOut = () => {};

/** A call that did not work: `status` 0 means that the server could not be reached. */
export class Problem extends Error {
  constructor(status, document) {
    super(document?.detail ?? document?.title ?? t(status ? "error_status" : "error_connection", { status }));
    this.status = status;
  }
}

/** What is done when the session has ended. */
export function onLoggedOut(action) {
  whenLoggedOut = action;
}

/** Remembers what a session told to be sent back with every change. */
export function begin(session) {
  csrf = session?.csrf_token ?? "";
}

/** Asks; `null` where there is nothing (404). `within`: after so many milliseconds it counts as not answered. */
export async function get(path, within = TIMEOUT_MS) {
  const answer = await call(path, {}, within);
  return answer.status === 404 ? null : read(answer);
}

/** Says something once: the same words sent again by a nervous finger carry the same key. */
export async function post(path, body, key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`) {
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf, "Idempotency-Key": key };
  return read(await call(path, { method: "POST", headers, body: JSON.stringify(body) }, TIMEOUT_MS));
}

/** Ends something. */
export async function remove(path) {
  return read(await call(path, { method: "DELETE", headers: { "X-CSRF-Token": csrf } }, TIMEOUT_MS));
}

async function call(path, options, within) {
  try {
    return await fetch(path, { ...options, signal: AbortSignal.timeout(within), cache: "no-store" });
  } catch {
    throw new Problem(0);
  }
}

async function read(answer) {
  const text = await answer.text().catch(() => { throw new Problem(0); });
  let document = null;
  try { document = text ? JSON.parse(text) : null; } catch { /* not JSON: the status says enough */ }
  if (answer.ok) return document;
  if (answer.status === 401) whenLoggedOut();
  throw new Problem(answer.status, document);
}
