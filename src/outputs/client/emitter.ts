export type Listener<T> = (value: T) => void

/** Listeners by name; `Events` says what each name brings. */
export interface Emitter<Events> {
  /** @returns what takes the listener away again */
  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): () => void
  /** @returns whether anybody listens */
  emit<Name extends keyof Events>(name: Name, value: Events[Name]): boolean
  clear(): void
}

export function createEmitter<Events>(): Emitter<Events> {
  const listeners: { [Name in keyof Events]?: Set<Listener<Events[Name]>> } = {}

  return {
    on(name, listener) {
      const all = listeners[name] ?? new Set()
      listeners[name] = all
      all.add(listener)
      return () => void all.delete(listener)
    },
    emit(name, value) {
      const all = [...(listeners[name] ?? [])]
      for (const listener of all) {
        try {
          listener(value)
        } catch (error) {
          // as with any event: the fault is told, and neither the line nor other listeners suffer from it
          queueMicrotask(() => {
            throw error
          })
        }
      }
      return all.length > 0
    },
    clear() {
      for (const name in listeners) delete listeners[name]
    },
  }
}
