/** Letters that a slip of the hand changes: in short words fewer, or any would be like any other. */
const slips = (word: string): number => (word.length < 6 ? 1 : 2)

/**
 * What may be shown of a key that is not known, as a slip may have made a key of a secret: a known word, what is like one, or the known
 * word that it begins with: `passwordhunter2` is `password…`.
 * @param words that stand anywhere in the schema
 */
export function keyName(key: string, words: Iterable<string>): string {
  let begin = ''
  for (const word of words) {
    if (distance(key, word) <= slips(word)) return key
    if (key.startsWith(word) && word.length > begin.length) begin = word
  }
  return `${begin}…`
}

/** Letters to change, to add, to take away or to swap with the next one (optimal string alignment: Damerau 1964). */
function distance(a: string, b: string): number {
  // more than what any two words may differ by; keys may be long
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY
  const rows = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i++) {
    const [row, before, last] = [[i], rows[i - 1]!, rows[i - 2]]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swap = swapped && last ? last[j - 2]! + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min(before[j - 1]! + same, before[j]! + 1, row[j - 1]! + 1, swap))
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
