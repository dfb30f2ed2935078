import { join } from 'node:path'
import { messageOf, SquintError } from '../../lib/errors.js'
import { type ChoreOptions, createChore } from './chore.js'
import type { Disk } from './disk.js'
import type { Entries, Entry } from './entries.js'
import { type Lock, takeLock } from './lock.js'
import { merge } from './merge.js'
import type { Pictures } from './pictures.js'
import { openSegments, readSegments, type Segments } from './segments.js'

/** Keeps the events on the disk, as long as it is there; what changes while it is not is written once it is back. */
export interface Writer {
  /** Of the lines on the disk; null: it is not there. */
  readonly bytes: number | null
  /** Why it is not there; null: it is. */
  readonly failure: string | null
  changed(entry: Entry): void
  /** An event has been forgotten. */
  forget(entry: Entry): void
  /** Looks for the disk, reads what lies on it and writes. Never rejects. */
  start(): Promise<void>
  /** Writes the rest. */
  close(): Promise<void>
}

export interface WriterOptions {
  readonly disk: Disk
  readonly folder: string
  readonly entries: Entries
  readonly pictures: Pick<Pictures, 'begin' | 'pause'>
  /** Of one file of lines. */
  readonly fileBytes: number
  /** Changes are gathered for so long, in milliseconds. */
  readonly everyMs: number
  readonly waits?: ChoreOptions['waits']
  /** The disk has been read, or written to. */
  readonly onWritten: () => void
  /** Lines and files were damaged. */
  readonly onDamaged: (count: number) => void
  /** Changes are not on the disk in time. */
  readonly onLate: (count: number) => void
  readonly onError: (error: SquintError) => void
}

/** Events, and forgotten ones, that are written in one go: a millisecond's work. */
const SLICE = 200

interface Attached {
  readonly lock: Lock
  readonly segments: Segments
}

export function createWriter(options: WriterOptions): Writer {
  const { disk, folder, entries, pictures, fileBytes, everyMs, waits } = options
  const dirty = new Set<Entry>()
  const gone = new Set<string>()
  const chore = createChore({ work, everyMs, onError: failed, ...(waits && { waits }) })
  let attached: Attached | undefined
  let failure: string | null = 'it has not answered yet'

  function failed(error: unknown): void {
    if (failure === null) options.onLate(dirty.size)
    failure = messageOf(error)
    const message = `events are only kept in memory for now: ${failure}`
    options.onError(new SquintError('STATE_UNWRITABLE', message, { cause: error }))
  }

  async function work(): Promise<void> {
    try {
      attached ??= await attach()
      await flush(attached)
      failure = null
    } catch (error) {
      await detach()
      throw error
    }
    options.onWritten()
  }

  async function attach(): Promise<Attached> {
    await disk.makeFolder(join(folder, 'snapshots'))
    const lock = await takeLock(disk, folder)
    try {
      const onDisk = await readSegments(disk, folder)
      if (onDisk.damaged > 0) options.onDamaged(onDisk.damaged)
      for (const entry of await merge(entries, onDisk)) dirty.add(entry)
      await pictures.begin(onDisk.whole)
      return { lock, segments: await openSegments({ disk, folder, entries, onDisk, fileBytes }) }
    } catch (error) {
      pictures.pause()
      await lock.release()
      throw error
    }
  }

  /** What was forgotten meanwhile comes back with the disk, as the oldest, which are forgotten first. */
  async function detach(): Promise<void> {
    const before = attached
    attached = undefined
    pictures.pause()
    gone.clear()
    await before?.segments.close().catch(() => {})
    await before?.lock.release()
  }

  async function flush({ segments, lock }: Attached): Promise<void> {
    if (!(await segments.intact()) || !(await lock.held())) {
      throw new SquintError('STATE_UNWRITABLE', `${folder} is not the folder that it was`)
    }
    await write(segments, [...dirty], [...gone])
    await segments.drop()
    const outdated = [...segments.outdated()]
    await write(segments, outdated, [])
    await segments.drop()
    if (outdated.length > 0) chore.want()
  }

  /** What comes meanwhile is for the next time. */
  async function write(segments: Segments, due: readonly Entry[], forgotten: readonly string[]) {
    for (let at = 0; at < Math.max(due.length, forgotten.length); at += SLICE) {
      const some = due.slice(at, at + SLICE)
      const ids = forgotten.slice(at, at + SLICE).filter(id => gone.delete(id))
      for (const entry of some) dirty.delete(entry)
      try {
        await segments.append(
          some.filter(entry => !entry.gone),
          ids,
        )
      } catch (error) {
        for (const entry of some) dirty.add(entry)
        throw error
      }
    }
  }

  return {
    get bytes() {
      return attached?.segments.bytes ?? null
    },
    get failure() {
      return failure
    },
    changed(entry) {
      dirty.add(entry)
      gone.delete(entry.event.id)
      if (attached) chore.want()
    },
    forget(entry) {
      dirty.delete(entry)
      entry.segment?.live.delete(entry)
      if (!attached) return
      gone.add(entry.event.id)
      chore.want()
    },
    start: chore.run,
    async close() {
      await chore.close()
      await detach()
    },
  }
}
