/** Numbers per row: x1, y1, x2, y2 in input pixels, score, class index. */
const ROW = 6

/** Memory for the rows of one picture after the other. */
export interface RowBuffer {
  clear(): void
  add(x1: number, y1: number, x2: number, y2: number, score: number, classId: number): void
  /** [n, 6] float of what was added since `clear`; valid until the next one. */
  rows(): Float32Array
}

/** @param capacity most rows that are ever added between two `clear` */
export function createRowBuffer(capacity: number): RowBuffer {
  const data = new Float32Array(capacity * ROW)
  let end = 0
  return {
    clear() {
      end = 0
    },
    add(x1, y1, x2, y2, score, classId) {
      data[end] = x1
      data[end + 1] = y1
      data[end + 2] = x2
      data[end + 3] = y2
      data[end + 4] = score
      data[end + 5] = classId
      end += ROW
    },
    rows: () => data.subarray(0, end),
  }
}
