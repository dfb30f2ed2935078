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

/** Letters to change, to add or to take away (Levenshtein 1966). */
function distance(a: string, b: string): number {
  // more than what any two words may differ by; keys may be long
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const same = letter === b[j] ? 0 : 1
      next.push(Math.min(row[j]! + same, row[j + 1]! + 1, next[j]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}
