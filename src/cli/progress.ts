/** How far a long command is, told to whoever waits. */
export interface Progress {
  /** One more step is done. @param note what was done, a few words */
  advance(note?: string): void
  /** Takes the bar away, so that what is printed next starts on a clean line. */
  close(): void
}

/** Characters of the bar. */
const BAR = 24
/** Longest note, so that the line does not wrap on a terminal of 80 columns. */
const NOTE = 36
/** Without a terminal a line is written this many times in all: enough for a log. */
const LINES = 4

/** Carriage return and "erase to the end of the line" (ECMA-48). */
const REWIND = '\r\x1b[K'

/**
 * One line that is rewritten on a terminal, and a line at every quarter elsewhere.
 * @param write where to: standard error, as results go to standard output
 * @param total steps, at least 1
 */
export function createProgress(
  write: (text: string) => void,
  isTTY: boolean,
  total: number,
): Progress {
  let done = 0

  function counted(): string {
    return `${done}/${total}`.padStart(2 * `${total}`.length + 1)
  }

  function draw(note: string): void {
    const full = Math.floor((done / total) * BAR)
    const bar = '█'.repeat(full) + '░'.repeat(BAR - full)
    write(`${REWIND}${bar} ${counted()} ${note.slice(0, NOTE)}`)
  }

  if (isTTY) draw('')
  return {
    advance(note = '') {
      const before = Math.floor((done / total) * LINES)
      done = Math.min(total, done + 1)
      const isQuarter = Math.floor((done / total) * LINES) > before
      if (isTTY) draw(note)
      else if (isQuarter) write(`${counted()} ${note}\n`)
    },
    close() {
      if (isTTY) write(REWIND)
    },
  }
}
