/** A number to so many decimals: what follows is noise that only makes JSON longer. */
export function round(value: number, decimals: number): number {
  const scale = 10 ** decimals
  return Math.round(value * scale) / scale
}
