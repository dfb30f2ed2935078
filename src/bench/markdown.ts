export interface Column {
  readonly title: string
  /** Numbers read best to the right; default left. */
  readonly align?: 'left' | 'right'
}

/** Narrower than `---` a column is no column. */
const MIN_WIDTH = 3

/**
 * A GitHub table whose columns also line up as plain text. A bar or line break in a cell is escaped; other Markdown passes.
 * Throws RangeError for a row with more or fewer cells than there are columns.
 */
export function markdownTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  for (const row of rows) {
    if (row.length !== columns.length) {
      throw new RangeError(`expected ${columns.length} cells in a row, found ${row.length}`)
    }
  }
  const [head, ...body] = [columns.map(({ title }) => title), ...rows].map(row =>
    row.map(escapeCell),
  )
  const widths = columns.map((_, at) =>
    Math.max(MIN_WIDTH, ...[head!, ...body].map(row => lengthOf(row[at]!))),
  )
  const rule = columns.map(({ align }, at) =>
    align === 'right' ? `${'-'.repeat(widths[at]! - 1)}:` : '-'.repeat(widths[at]!),
  )
  const lines = [head!, rule, ...body].map(row =>
    row.map((cell, at) => pad(cell, widths[at]!, columns[at]!.align)).join(' | '),
  )
  return lines.map(line => `| ${line} |\n`).join('')
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ')
}

function pad(text: string, width: number, align: Column['align']): string {
  const blank = ' '.repeat(width - lengthOf(text))
  return align === 'right' ? blank + text : text + blank
}

/** Characters, not UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length
}
