// Where the views lie.

/** A client's page. */
export function clientAddress(id) {
  return `#/client/${encodeURIComponent(id)}`;
}

/** A list; `filters` as the server takes them. */
export function listAddress(list, filters = {}) {
  return `#/list?${new URLSearchParams({ list, ...filters })}`;
}

/** The warehouse's answer about a client or a shipment. */
export function askAddress(code) {
  return `#/warehouse?${new URLSearchParams({ code })}`;
}
