import { join } from 'node:path'
import { messageOf, SquintError } from '../../lib/errors.js'
import { type Chore, type ChoreOptions, createChore } from './chore.js'
import type { Disk } from './disk.js'
import type { Entries, Entry } from './entries.js'
import { createShelf, type ShelvedPicture } from './shelf.js'

/** One picture (JPEG) of each event, in memory until it is on the disk. */
export interface Pictures {
  /** In memory. */
  readonly waiting: number
  /** Why one could not be written when it was last tried; null: all were. */
  readonly failure: string | null
  /** Settles once it was tried to be written, or has to wait for it. */
  keep(id: string, jpeg: Uint8Array): Promise<void>
  read(entry: Entry): Promise<Uint8Array | undefined>
  has(entry: Entry): boolean
  /** An event has begun. Its picture may have come before. */
  arrived(entry: Entry): void
  /** Of an event that has been forgotten. */
  forget(entry: Entry): void
  /**
   * The disk is there: compares what lies on it with the events, throws away what belongs to none, and writes.
   * @param all all events are known; otherwise what seems to belong to none may be of one that cannot be read now, and stays
   */
  begin(all: boolean): Promise<void>
  /** It is gone. */
  pause(): void
  close(): Promise<void>
}

export interface PicturesOptions {
  readonly disk: Disk
  /** Where they lie once the disk is there. */
  readonly folder: string
  readonly entries: Entries
  /** Pictures in memory. */
  readonly maxCount: number
  readonly maxBytes: number
  /** An event has another picture on the disk. */
  readonly onWritten: (entry: Entry) => void
  /** One is not on the disk, and perhaps never will be: told once of each. */
  readonly onLate: () => void
  readonly onError: (error: SquintError) => void
  readonly waits?: ChoreOptions['waits']
}

/** What belongs to the journal, finished or not. */
const NAME = /^([a-z0-9-]+)\.jpeg(\.new)?$/

export function createPictures(options: PicturesOptions): Pictures {
  const { disk, folder, entries, maxBytes, onWritten, onLate, waits } = options
  const shelf = createShelf(options)
  const doomed = new Set<string>()
  const chore: Chore = createChore({ work, everyMs: 0, onError: failed, ...(waits && { waits }) })
  let ready = false
  let failure: string | null = null

  function failed(error: unknown): void {
    failure = messageOf(error)
    const message = `pictures are only kept in memory for now: ${failure}`
    options.onError(new SquintError('STATE_UNWRITABLE', message, { cause: error }))
  }

  function late(picture: ShelvedPicture): void {
    if (!picture.late) onLate()
    picture.late = true
  }

  function pathOf(name: string): string {
    return join(folder, name)
  }

  async function work(): Promise<void> {
    const failures: unknown[] = []
    for (const picture of shelf.all()) {
      const entry = entries.find(picture.id)
      if (!ready) picture.settle()
      else if (entry) await write(picture, entry).catch(error => failures.push(error))
    }
    for (const name of ready ? doomed : []) {
      await disk.remove(pathOf(name))
      doomed.delete(name)
    }
    if (failures.length > 0) throw failures[0]
    failure = null
  }

  async function write(picture: ShelvedPicture, entry: Entry): Promise<void> {
    const name = `${picture.id}.jpeg`
    doomed.delete(name)
    try {
      await disk.write(pathOf(name), picture.jpeg)
      shelf.take(picture)
      if (entry.gone) {
        doomed.add(name)
        return
      }
      entries.measure(entry, { picture: picture.jpeg.length })
      onWritten(entry)
    } catch (error) {
      late(picture)
      picture.settle()
      throw error
    }
  }

  return {
    get waiting() {
      return shelf.count
    },
    get failure() {
      return failure
    },
    async keep(id, jpeg) {
      if (jpeg.length > maxBytes) return onLate()
      await new Promise<void>(resolve => {
        const picture: ShelvedPicture = { id, jpeg, settle: resolve, late: false }
        for (const fallen of shelf.put(picture)) late(fallen)
        if (!ready) late(picture)
        if (!ready || !entries.find(id)) resolve()
        if (ready) chore.want()
      })
    },
    async read(entry) {
      const shelved = shelf.get(entry.event.id)
      if (shelved) return shelved.jpeg
      if (entry.picture === 0) return undefined
      return disk.read(pathOf(`${entry.event.id}.jpeg`)).catch(() => undefined)
    },
    has: entry => entry.picture > 0 || shelf.get(entry.event.id) !== undefined,
    arrived({ event }) {
      if (ready && shelf.get(event.id)) chore.want()
    },
    forget({ event }) {
      const shelved = shelf.get(event.id)
      if (shelved) shelf.take(shelved)
      if (!ready) return
      doomed.add(`${event.id}.jpeg`)
      chore.want()
    },
    async begin(all) {
      const there = new Set<string>()
      for (const name of await disk.names(folder)) {
        const [, id, unfinished] = NAME.exec(name) ?? []
        const entry = entries.find(id ?? '')
        if (id === undefined) continue
        if (unfinished || (!entry && all)) doomed.add(name)
        else if (entry) {
          there.add(id)
          if (entry.picture === 0)
            entries.measure(entry, { picture: await disk.size(pathOf(name)) })
        }
      }
      for (let entry = entries.oldest; entry; entry = entry.newer)
        if (!there.has(entry.event.id)) entries.measure(entry, { picture: 0 })
      ready = true
      chore.want()
    },
    pause() {
      ready = false
      doomed.clear()
    },
    async close() {
      await chore.close()
    },
  }
}
