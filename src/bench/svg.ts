/** @param look classes of the style */
export function line(look: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${look}" x1="${pixel(x1)}" y1="${pixel(y1)}" x2="${pixel(x2)}" y2="${pixel(y2)}"/>`
}

/** @param y of its baseline */
export function text(
  look: string,
  x: number,
  y: number,
  align: 'start' | 'middle' | 'end',
  own: string,
): string {
  return `<text class="${look}" x="${pixel(x)}" y="${pixel(y)}" text-anchor="${align}">${escapeXml(own)}</text>`
}

/** Tenths of a pixel are enough, and keep the file small. */
export function pixel(value: number): string {
  return String(Math.round(value * 10) / 10)
}

export function escapeXml(own: string): string {
  return own
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
