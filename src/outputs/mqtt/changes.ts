import type { EventChange } from '../../events/event.js'

/** Changes that wait for the broker, oldest first. Never holds many more than `limit`. */
export interface ChangeQueue {
  push(change: EventChange): void
  shift(): EventChange | undefined
  /** Puts back what was taken out and did not arrive. */
  unshift(change: EventChange): void
  readonly size: number
  /** Changes that nobody will be told. */
  dropped(): number
}

/**
 * When it is full, updates go first, the oldest before the others; then events that began and ended meanwhile, whole; then the beginnings of events that
 * last, and with a beginning all that follows of that event. The end of an event whose beginning was told is never dropped: there are no more of them
 * than there were lasting events when the broker went away.
 */
export function createChangeQueue(limit: number): ChangeQueue {
  const queue: EventChange[] = []
  /** Lasting events of which nothing is told any more. */
  const untold = new Set<string>()
  let dropped = 0

  function remove(index: number): void {
    queue.splice(index, 1)
    dropped += 1
  }

  /** Drops one change; what is told next of the same event follows on what was told before. */
  function dropUpdate(): boolean {
    const index = queue.findIndex(({ type }) => type === 'update')
    if (index < 0) return false
    const { event, before } = queue[index]!
    const next = queue.findIndex((change, at) => at > index && change.event.id === event.id)
    if (next >= 0) queue[next] = { ...queue[next]!, before }
    remove(index)
    return true
  }

  function dropEvent(): boolean {
    const ids = (wanted: EventChange['type']) =>
      queue.filter(({ type }) => type === wanted).map(({ event }) => event.id)
    const starts = ids('start')
    const ends = new Set(ids('end'))
    const id = starts.find(start => ends.has(start)) ?? starts[0]
    if (id === undefined) return false
    untold.add(id)
    for (let index = queue.length - 1; index >= 0; index--) {
      if (queue[index]!.event.id !== id) continue
      if (queue[index]!.type === 'end') untold.delete(id)
      remove(index)
    }
    return true
  }

  return {
    push(change) {
      const { id } = change.event
      if (untold.has(id)) {
        if (change.type === 'end') untold.delete(id)
        dropped += 1
        return
      }
      queue.push(change)
      while (queue.length > limit && (dropUpdate() || dropEvent()));
    },
    shift: () => queue.shift(),
    unshift: change => queue.unshift(change),
    get size() {
      return queue.length
    },
    dropped: () => dropped,
  }
}
