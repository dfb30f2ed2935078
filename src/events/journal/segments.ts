import { join } from 'node:path'
import { createBreath } from '../../lib/breath.js'
import type { AppendFile, Disk } from './disk.js'
import type { Entries, Entry } from './entries.js'
import { type EventLine, encodeLine, readLines } from './line.js'

/** One file of lines. */
export interface Segment {
  readonly number: number
  bytes: number
  /** The events whose last line lies in it. */
  readonly live: Set<Entry>
}

/** The journal's files. The oldest lines always go first, so that what is left tells nothing that was taken back. */
export interface Segments {
  readonly bytes: number
  /** Writes what these events are now, and which have been forgotten; it is on the disk when it settles. */
  append(entries: readonly Entry[], gone: readonly string[]): Promise<void>
  /** Of a file that should go, as too much of all lines is outdated: the events that must be written again before. */
  outdated(): Iterable<Entry>
  /** Deletes the oldest files as far as nothing of them is needed. */
  drop(): Promise<void>
  /** Whether the file that is being written still lies where it should: another disk may lie above or below it by now. */
  intact(): Promise<boolean>
  close(): Promise<void>
}

/** The files take at most so many times what their last lines take, and two files more. */
export const GARBAGE_SHARE = 3
/** So many small files may lie there besides, one of each start. */
const SPARE_FILES = 64

/** The version stands in the name: another one's files are not touched. */
const NAME = /^(\d{10})\.v1$/

/** What lay on the disk. */
export interface OnDisk {
  readonly segments: readonly Segment[]
  /** The last line of each event that has not been forgotten, with the file that it lies in. */
  readonly found: ReadonlyMap<string, FoundEvent>
  /** That of the newest file, also if it could not be read; 0: there is none. */
  readonly lastNumber: number
  /** Lines and files that could not be read. */
  readonly damaged: number
  /** True if all files could be read. */
  readonly whole: boolean
}

export interface FoundEvent extends EventLine {
  readonly segment: Segment
  readonly bytes: number
}

/** Reads all files, in the order in which they were written, in pieces. Rejects if the folder cannot be read. */
export async function readSegments(disk: Disk, folder: string): Promise<OnDisk> {
  const breath = createBreath()
  const found = new Map<string, FoundEvent>()
  const segments: Segment[] = []
  let lastNumber = 0
  let damaged = 0
  let whole = true
  for (const name of (await disk.names(folder)).sort()) {
    const digits = NAME.exec(name)?.[1]
    if (digits === undefined) continue
    lastNumber = Number(digits)
    const content = await disk.read(join(folder, name)).catch(() => undefined)
    const segment: Segment = { number: lastNumber, bytes: content?.length ?? 0, live: new Set() }
    // one that cannot be read stays where it is: perhaps somebody can mend it
    if (content) segments.push(segment)
    else damaged += 1
    whole &&= content !== undefined
    for (const piece of readLines(content ?? Buffer.of())) {
      if (!piece) damaged += 1
      else if ('gone' in piece.line) for (const id of piece.line.gone) found.delete(id)
      else found.set(piece.line.event.id, { ...piece.line, segment, bytes: piece.bytes })
      if (breath.due()) await breath.take()
    }
  }
  return { segments, found, lastNumber, damaged, whole }
}

export interface SegmentsOptions {
  readonly disk: Disk
  readonly folder: string
  readonly entries: Entries
  /** What is there. */
  readonly onDisk: Pick<OnDisk, 'segments' | 'lastNumber'>
  /** A new file is begun once one has so many. */
  readonly fileBytes: number
}

/** Begins a new file: never writes behind what a power cut may have torn. Rejects if it cannot. */
export async function openSegments(options: SegmentsOptions): Promise<Segments> {
  const { disk, folder, entries, fileBytes } = options
  const segments = options.onDisk.segments.filter(({ bytes }) => bytes > 0)
  let number = options.onDisk.lastNumber
  // of starts after which nothing happened
  for (const empty of options.onDisk.segments)
    if (empty.bytes === 0) await disk.remove(pathOf(empty))
  let file: AppendFile = await begin()

  async function begin(): Promise<AppendFile> {
    number += 1
    const segment: Segment = { number, bytes: 0, live: new Set() }
    const created = await disk.create(pathOf(segment))
    segments.push(segment)
    return created
  }

  function pathOf({ number }: Segment): string {
    return join(folder, `${String(number).padStart(10, '0')}.v1`)
  }

  function place(entry: Entry, line: number, segment: Segment): void {
    if (entry.gone) return
    entry.segment?.live.delete(entry)
    entry.segment = segment
    segment.live.add(entry)
    entries.measure(entry, { line })
  }

  const bytes = () => segments.reduce((sum, segment) => sum + segment.bytes, 0)

  return {
    get bytes() {
      return bytes()
    },
    async append(changed, gone) {
      if (segments.at(-1)!.bytes >= fileBytes) {
        const full = file
        file = await begin()
        await full.close()
      }
      const segment = segments.at(-1)!
      const lines = changed.map(({ n, picture, event }) => encodeLine({ n, picture, event }))
      // first, as an id that was forgotten may have come back
      const all = Buffer.concat(gone.length > 0 ? [encodeLine({ gone }), ...lines] : lines)
      try {
        await file.append(all)
      } catch (error) {
        // a full disk needs the room; whatever is left of it is told apart by its checksum
        await file.cut(segment.bytes).catch(() => {})
        throw error
      }
      segment.bytes += all.length
      for (const [index, entry] of changed.entries()) place(entry, lines[index]!.length, segment)
    },
    outdated() {
      const [oldest] = segments
      const full = bytes() > GARBAGE_SHARE * entries.lines + fileBytes
      const many = segments.length > SPARE_FILES + (GARBAGE_SHARE * entries.lines) / fileBytes
      return (full || many) && segments.length > 1 ? oldest!.live : []
    },
    async drop() {
      const last = segments.at(-1)
      while (segments[0] !== last && segments[0]!.live.size === 0) {
        await disk.remove(pathOf(segments[0]!))
        segments.shift()
      }
    },
    async intact() {
      return (await disk.identity(pathOf(segments.at(-1)!))) === file.identity
    },
    async close() {
      await file.close()
    },
  }
}
