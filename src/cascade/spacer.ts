/** Keeps looks apart. */
export interface Spacer {
  /**
   * True if one may be taken now, which then counts as taken. What is lost because frames come at other times than asked
   * for is made up for, so that the mean gap on a busy scene is the one asked for and an effort works without steps.
   * @param everyMs gap asked for; 0: none
   * @param atMs capture time, monotonic milliseconds
   */
  take(everyMs: number, atMs: number): boolean
  /** True if one might be taken now; takes none. */
  due(everyMs: number, atMs: number): boolean
}

export function createSpacer(): Spacer {
  let dueMs = -Infinity
  const due = (everyMs: number, atMs: number) => everyMs === 0 || atMs >= dueMs
  return {
    due,
    take(everyMs, atMs) {
      if (!due(everyMs, atMs)) return false
      // after a quiet spell there is nothing to make up for
      dueMs = (atMs - dueMs > everyMs ? atMs : dueMs) + everyMs
      return true
    },
  }
}
