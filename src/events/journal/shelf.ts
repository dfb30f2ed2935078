/** A picture (JPEG) that is not on the disk yet. */
export interface ShelvedPicture {
  readonly id: string
  readonly jpeg: Uint8Array
  /** It was tried to be written, or was given up. */
  readonly settle: () => void
  /** It has been counted as not written in time. */
  late: boolean
}

/** Pictures in memory, not too many: the oldest make room. */
export interface Shelf {
  readonly count: number
  get(id: string): ShelvedPicture | undefined
  /** Instead of the one of the same event. Says which fell off. */
  put(picture: ShelvedPicture): readonly ShelvedPicture[]
  /** Takes one away, unless another has come in its place. */
  take(picture: ShelvedPicture): void
  /** The oldest first; those that come meanwhile as well. */
  all(): Iterable<ShelvedPicture>
}

export interface ShelfOptions {
  readonly maxCount: number
  readonly maxBytes: number
}

export function createShelf({ maxCount, maxBytes }: ShelfOptions): Shelf {
  const pictures = new Map<string, ShelvedPicture>()
  let bytes = 0

  function take(picture: ShelvedPicture): void {
    if (pictures.get(picture.id) !== picture) return
    pictures.delete(picture.id)
    bytes -= picture.jpeg.length
    picture.settle()
  }

  return {
    get count() {
      return pictures.size
    },
    get: id => pictures.get(id),
    put(picture) {
      const before = pictures.get(picture.id)
      if (before) take(before)
      pictures.set(picture.id, picture)
      bytes += picture.jpeg.length
      const fallen: ShelvedPicture[] = []
      for (const oldest of pictures.values()) {
        if (pictures.size <= maxCount && bytes <= maxBytes) break
        take(oldest)
        fallen.push(oldest)
      }
      return fallen
    },
    take,
    all: () => pictures.values(),
  }
}
