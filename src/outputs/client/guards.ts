/** Says whether a value from the network is a T. */
export type Guard<T> = (value: unknown) => value is T

type Fields = { readonly [name: string]: unknown }

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isText = (value: unknown): value is string => typeof value === 'string'
export const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

export const nullable =
  <T>(guard: Guard<T>): Guard<T | null> =>
  (value): value is T | null =>
    value === null || guard(value)

/** For what older services do not say. */
export const optional =
  <T>(guard: Guard<T>): Guard<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || guard(value)

export const listOf =
  <T>(guard: Guard<T>): Guard<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(guard)

/** One of a few words; naming T in full makes a missing or invented word a compile error. */
export function oneOf<T extends string>(words: { readonly [W in T]: true }): Guard<T> {
  return (value): value is T => isText(value) && Object.hasOwn(words, value)
}

/** An object with at least these fields. A field that the service's type has and the guard forgets does not compile. */
export function shape<T extends object>(
  fields: {
    readonly [K in keyof T]-?: Guard<T[K]>
  },
): Guard<T> {
  const checks = Object.entries<Guard<unknown>>(fields)
  return (value): value is T =>
    isRecord(value) && checks.every(([name, guard]) => guard(value[name]))
}

/** The JSON of a text, or undefined where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
