/** Milliseconds since 1970 in base 36, for the next three thousand years. */
const TIME_DIGITS = 9
/** 41 bits: two services that start an event in the same millisecond draw the same ones once in 3e12 times. */
const RANDOM_DIGITS = 8
const OURS = /^[0-9a-z]{9}-[0-9a-z]{8}$/

/**
 * A new event's id. @param wallMs when it begins
 */
export type NewEventId = (wallMs: number) => string

export interface EventIdOptions {
  /** From 0 to below 1, another one in every run. */
  random(): number
  /** The newest id of earlier runs: new ones sort behind it, even if the clock has not been set yet. */
  readonly newest?: string | undefined
}

/**
 * Ids for all cameras of a service (`EVENT_ID` in event.ts): time, hyphen, chance. Each sorts behind the one before, also within a
 * millisecond and after the clock was set back.
 */
export function createEventIds({ random, newest = '' }: EventIdOptions): NewEventId {
  let lastMs = OURS.test(newest) ? Number.parseInt(newest, 36) : 0
  return wallMs => {
    lastMs = Math.max(Math.floor(wallMs), lastMs + 1)
    const chance = Math.floor(random() * 36 ** RANDOM_DIGITS)
    return `${digits(lastMs, TIME_DIGITS)}-${digits(chance, RANDOM_DIGITS)}`
  }
}

function digits(value: number, count: number): string {
  return value.toString(36).padStart(count, '0')
}
