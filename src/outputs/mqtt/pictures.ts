/** Fetches pictures one after the other, so that a crowd of events cannot fill the memory with them. */
export interface Pictures {
  /** Fetches a picture; one that is wanted under the same name and is not fetched yet is forgotten. */
  want(name: string, fetch: Fetch): void
  close(): void
}

/** Fetches one picture and brings it where it belongs. */
export type Fetch = () => Promise<void>

export function createPictures(onError: (error: unknown) => void): Pictures {
  const wanted = new Map<string, Fetch>()
  let busy = false

  async function work(): Promise<void> {
    if (busy) return
    busy = true
    for (let [next] = wanted; next !== undefined; [next] = wanted) {
      const [name, fetch] = next
      wanted.delete(name)
      await fetch().catch(onError)
    }
    busy = false
  }

  return {
    want(name, fetch) {
      wanted.set(name, fetch)
      void work()
    },
    close: () => wanted.clear(),
  }
}
