/**
 * Takes everything secret out of a text for people. Whole URLs go, not only their user and password: a line that was cut can end
 * before the @ that a finer pattern needs, and cheap cameras carry the password in the query.
 */
export function maskUrls(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:)\/+\S*/gi, '$1//***').replace(/\S+@\S+/g, '***')
}

/** A URL without user, password, path, query and fragment: the path of a camera or a webhook is often its key. */
export function urlLabel(url: URL): string {
  return `${url.protocol}//${url.host}/${url.pathname.length > 1 ? '***' : ''}`
}

/** Takes one known secret out of a text, also as it stands in addresses. @param secret undefined: there is none */
export function maskSecret(text: string, secret: string | undefined): string {
  if (secret === undefined) return text
  return text.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***')
}
