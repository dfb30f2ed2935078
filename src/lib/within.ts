/**
 * What `work` gives, or rejects with what `late` gives after `ms` milliseconds. An aborted `sleep` costs some eight times as much, which
 * tells where it happens twice a second for ever.
 */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
