import { join } from 'node:path'
import type { Backoff } from '../../lib/backoff.js'
import { monotonicMs, wallMs } from '../../lib/clock.js'
import { SquintError } from '../../lib/errors.js'
import { within } from '../../lib/within.js'
import { type CameraEvent, EVENT_ID } from '../event.js'
import { type Disk, nodeDisk } from './disk.js'
import { createEntries, type Entry } from './entries.js'
import type { Journal } from './journal.js'
import { createPictures } from './pictures.js'
import { ask } from './query.js'
import { type Bounds, createRetention } from './retention.js'
import { createWriter } from './writer.js'

export interface JournalOptions extends Bounds {
  /** Where it lies; null: only in memory. */
  readonly folder: string | null
  /** Whether pictures are kept; default: yes. */
  readonly snapshots?: boolean
  /** Why changes or pictures are not on the disk, or what was damaged on it. At most once a minute. */
  readonly onError: (error: unknown) => void
  /** Milliseconds since 1970, and of a clock that never jumps. */
  readonly now?: () => number
  readonly uptime?: () => number
  readonly disk?: Disk
  readonly pace?: Partial<Pace>
}

/** Milliseconds; tests are in a hurry. */
export interface Pace {
  /** Changes are gathered for so long. */
  readonly flushMs: number
  /** So often it is looked for what has become too old. */
  readonly checkMs: number
  /** A disk that says nothing for so long is not waited for. */
  readonly patienceMs: number
  /** Errors of this long are told once. */
  readonly quietMs: number
  readonly waits?: () => Backoff
}

const PACE: Pace = { flushMs: 1000, checkMs: 60_000, patienceMs: 5000, quietMs: 60_000 }

/** Of pictures that are not on the disk; a larger one than that, or than its share of all, is not kept. */
const SHELF = { maxCount: 50, maxBytes: 16e6 }
const PICTURE_SHARE = 1 / 4

/** Files are small beside what is allowed, so that they can go one by one, and not smaller than some hundred lines. */
const FILE_SHARE = 1 / 32
const FILE_BYTES = { min: 32e3, max: 1e6 }

/** Never rejects: without a disk it works in memory, says so in its status, and looks for the disk again and again. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder, maxBytes, snapshots = true, disk = nodeDisk } = options
  const { now = wallMs, uptime = monotonicMs } = options
  const { flushMs, checkMs, patienceMs, quietMs, waits } = { ...PACE, ...options.pace }
  const fileBytes = Math.min(Math.max(maxBytes * FILE_SHARE, FILE_BYTES.min), FILE_BYTES.max)
  const retention = createRetention({ ...options, maxBytes: maxBytes - 2 * fileBytes })
  const entries = createEntries()
  let damaged = 0
  let unwritten = 0
  let toldAt = Number.NEGATIVE_INFINITY

  const onError = (error: unknown) => {
    if (monotonicMs() - toldAt < quietMs) return
    toldAt = monotonicMs()
    options.onError(error)
  }
  const common = { disk, entries, onError, ...(waits && { waits: waits() }) }
  const pictures = createPictures({
    ...common,
    folder: join(folder ?? '', 'snapshots'),
    maxCount: SHELF.maxCount,
    maxBytes: Math.min(SHELF.maxBytes, maxBytes * PICTURE_SHARE),
    onWritten: changed,
    onLate: () => late(1),
  })
  const writer =
    folder === null
      ? undefined
      : createWriter({
          ...{ ...common, folder, pictures, fileBytes, everyMs: flushMs },
          onWritten: trim,
          onLate: late,
          onDamaged(count) {
            damaged = count
            const message = `the journal in ${folder} is damaged: ${count} lines or files of it were left out`
            onError(new SquintError('INTERNAL', message))
          },
        })
  const aging = setInterval(() => {
    for (const entry of retention.expired(entries, now(), uptime())) forget(entry)
  }, checkMs)

  function late(count: number): void {
    if (folder !== null) unwritten += count
  }

  function changed(entry: Entry): void {
    writer?.changed(entry)
    trim()
  }

  function trim(): void {
    for (let next = retention.excess(entries); next; next = retention.excess(entries)) forget(next)
  }

  function forget(entry: Entry): void {
    entries.remove(entry)
    writer?.forget(entry)
    pictures.forget(entry)
  }

  /** Whoever asks for a picture that is said to be there gets one. */
  function told(entry: Entry): CameraEvent {
    const hasSnapshot = pictures.has(entry)
    return entry.event.hasSnapshot === hasSnapshot ? entry.event : { ...entry.event, hasSnapshot }
  }

  const silent = () => new SquintError('STATE_UNWRITABLE', `${folder} does not answer`)
  if (writer) await within(patienceMs, writer.start(), silent).catch(onError)

  return {
    add({ event }) {
      if (!EVENT_ID.test(event.id))
        return onError(new SquintError('INTERNAL', `${event.id} is no id`))
      if (writer?.failure) late(1)
      const entry = entries.put(event)
      changed(entry)
      if (!entry.gone) pictures.arrived(entry)
    },
    async keepSnapshot(id, jpeg) {
      if (snapshots && EVENT_ID.test(id))
        await within(patienceMs, pictures.keep(id, jpeg), silent).catch(onError)
    },
    list(query) {
      const { page, more } = ask(entries, query)
      return { events: page.map(told), next: more ? page.at(-1)!.event.id : null }
    },
    find(id) {
      const entry = entries.find(id)
      return entry && told(entry)
    },
    async snapshot(id) {
      const entry = entries.find(id)
      return entry && pictures.read(entry)
    },
    status() {
      const { count, open } = entries
      const { bytes = null, failure = null } = writer ?? {}
      const error = failure ?? pictures.failure
      const all = bytes === null ? null : bytes + entries.pictures
      return { events: count, open, bytes: all, unwritten, damaged, error }
    },
    async close() {
      clearInterval(aging)
      const closing = pictures.close().then(writer?.close)
      await within(patienceMs, closing, silent).catch(onError)
    },
  }
}
