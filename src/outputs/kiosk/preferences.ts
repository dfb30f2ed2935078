/** What is chosen on one screen stays on it: `squint.theme`, `squint.zones`, `squint.events`. */
const key = (name: string): string => `squint.${name}`

/** What was chosen on this screen before; null: nothing, or the browser keeps nothing. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(key(name))
  } catch {
    // private windows, and browsers told to keep nothing
    return null
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(key(name), value)
  } catch {
    // chosen for now
  }
}
