/**
 * Reorders `values` so that `values[values.length >> 1]` is the one that sorting would put there (FIND, Hoare 1961): a quarter of
 * sorting's time, and no number to box on the way back.
 */
export function partitionAtMedian(values: Float32Array): void {
  const middle = values.length >> 1
  let left = 0
  let right = values.length - 1
  while (left < right) {
    const pivot = values[middle]!
    let i = left
    let j = right
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i > j) break
      const swapped = values[i]!
      values[i++] = values[j]!
      values[j--] = swapped
    }
    if (j < middle) left = i
    if (i > middle) right = j
  }
}
