/** Something that ends with what it belongs to, or earlier by itself. */
export interface Lifetime {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
  /** It is over, whether it was aborted or not: nothing of it is left at what it belonged to. */
  end(): void
}

/**
 * What `AbortSignal.any` is for, where it happens again and again: Node 20 remembers each of its signals at those that it follows for as
 * long as they live, some 80 bytes each, 3 MB after an hour of ten webhooks a second.
 * @param ms after which it is aborted with a TimeoutError, as by `AbortSignal.timeout`; left out: never
 */
export function openLifetime(parent: AbortSignal, ms?: number): Lifetime {
  const own = new AbortController()
  const follow = () => own.abort(parent.reason)
  if (parent.aborted) follow()
  else parent.addEventListener('abort', follow, { once: true })
  const expire = () =>
    own.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
  const timer = ms === undefined ? undefined : setTimeout(expire, ms).unref()
  return {
    signal: own.signal,
    abort: reason => own.abort(reason),
    end() {
      parent.removeEventListener('abort', follow)
      clearTimeout(timer)
    },
  }
}
