import { EventEmitter, once } from 'node:events'

/** One place for the newest item: a new one replaces an unread one. */
export interface Mailbox<T> {
  put(item: T): void
  /** The newest unread item; waits for one. Undefined once the box is closed and empty. Calls that wait together get the same item. */
  take(): Promise<T | undefined>
  /** Resolves when no unread item is left; rejects with the signal's reason. */
  taken(signal: AbortSignal): Promise<void>
  /** Accepts nothing more; an unread item can still be taken. */
  close(): void
  /** Items that a newer one replaced unread. */
  readonly dropped: number
}

export function mailbox<T extends object>(): Mailbox<T> {
  const bell = new EventEmitter()
  let slot: T | undefined
  let waiting: Promise<T | undefined> | undefined
  let arrive: (item: T | undefined) => void = () => {}
  let closed = false
  let dropped = 0

  function give(item: T | undefined): void {
    waiting = undefined
    arrive(item)
  }

  return {
    put(item) {
      if (closed) return
      // A waiting reader gets it at once and the place stays free.
      if (waiting) return give(item)
      if (slot) dropped += 1
      slot = item
    },
    async take() {
      if (!slot) {
        if (closed) return undefined
        waiting ??= new Promise(resolve => {
          arrive = resolve
        })
        return waiting
      }
      const item = slot
      slot = undefined
      bell.emit('taken')
      return item
    },
    async taken(signal) {
      signal.throwIfAborted()
      if (!slot) return
      await once(bell, 'taken', { signal }).catch(() => {
        throw signal.reason
      })
    },
    close() {
      closed = true
      give(undefined)
    },
    get dropped() {
      return dropped
    },
  }
}
