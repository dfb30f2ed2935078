/**
 * Takes everything secret out of a text for people. Whole URLs go, not only their user and password: a line that was cut can end
 * before the @ that a finer pattern needs, and cheap cameras carry the password in the query.
 */
export function maskUrls(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:)\/+\S*/gi, '$1//***').replace(/\S+@\S+/g, '***')
}

/** A URL without user, password, query and fragment. */
export function urlLabel(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}
