import { canServe } from './examine.js'
import type { Finding } from './finding.js'

/** Columns that every terminal has. */
const COLUMNS = 80

const MARKS = { well: '✓', notice: '!', missing: '✗' } as const
/** Green, yellow and red (ECMA-48). */
const COLOURS = { well: 32, notice: 33, missing: 31 } as const
const BOLD = 1

/** Whether a stream wants colours: a terminal's, unless its user does not (no-color.org). */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'
}

/** All findings for people: a mark, the subject, what was found, and below it what mends it. */
export function reportOf(
  findings: readonly Finding[],
  { version, colour }: { readonly version: string; readonly colour: boolean },
): string {
  const paint = (text: string, style: number): string =>
    colour ? `\x1b[${style}m${text}\x1b[0m` : text
  const width = Math.max(...findings.map(({ subject }) => subject.length))
  const indent = ' '.repeat(width + 5)
  const rows = findings.flatMap((finding, index) => {
    const { state, found, mend } = finding
    const subject = finding.subject === findings[index - 1]?.subject ? '' : finding.subject
    const head = ` ${paint(MARKS[state], COLOURS[state])} ${subject.padEnd(width)}  `
    const [first, ...more] = wrap(found, COLUMNS - indent.length)
    const remedy = mend === undefined ? [] : remedyLines(mend, COLUMNS - indent.length - 2)
    return [
      `${head}${first}`,
      ...more.map(line => `${indent}${line}`),
      ...remedy.map((line, at) => `${indent}${paint(`${at === 0 ? '→' : ' '} ${line}`, BOLD)}`),
    ]
  })
  return `${[`squint ${version}`, '', ...rows, '', verdict(findings)].join('\n')}\n`
}

/** A command stays on one line, so that it can be copied. */
function remedyLines(mend: string, columns: number): string[] {
  return mend.endsWith('.') ? wrap(mend, columns) : [mend]
}

function verdict(findings: readonly Finding[]): string {
  if (!canServe(findings)) {
    const lacking = findings.filter(({ state, essential }) => essential && state === 'missing')
    const subjects = [...new Set(lacking.map(({ subject }) => subject))]
    return `It cannot serve as it is: ${subjects.join(', ')}.`
  }
  const open = findings.filter(({ state }) => state !== 'well').length
  if (open === 0) return 'It can serve, and all is well.'
  return `It can serve; ${open === 1 ? 'one thing' : `${open} things`} could be better.`
}

/** Lines of at most so many columns; a longer word has a line of its own. */
function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${line} ${word}`
    } else lines.push(word)
  }
  return lines
}
