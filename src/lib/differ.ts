/** Whether two settings of one schema differ: what is equal is written equally. */
export function differ(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b)
}
