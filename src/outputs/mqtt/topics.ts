import type { Zone } from '../../events/zones.js'
import type { Place } from './layer.js'

/** Second or third words of topics that are no label. */
const TAKEN = new Set(['all', 'available', 'set', 'snapshot', 'state', 'stats', 'still'])

/** Any text as a part of an id: a-z, 0-9 and single _ only. */
export function plain(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^ -~]/gu, letter => `u${letter.codePointAt(0)!.toString(16)}`)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
}

/** A label in topics: "traffic light" is traffic_light. */
export function slug(label: string): string {
  const word = plain(label)
  return word === '' || TAKEN.has(word) ? `label_${word}` : word
}

/** Labels by what they are called in topics; of two that would be the same the later gets a number. */
export function slugs(labels: readonly string[]): ReadonlyMap<string, string> {
  const bySlug = new Map<string, string>()
  for (const label of new Set(labels)) {
    const word = slug(label)
    let free = word
    for (let next = 2; bySlug.has(free); next++) free = `${word}_${next}`
    bySlug.set(free, label)
  }
  return bySlug
}

/** A place of a camera, and how it is told apart from the camera's others. */
export interface CameraPlace extends Place {
  readonly zone: string | null
  /** `all`, or the label's slug. */
  readonly word: string
}

/** The whole camera and each of its zones, for all labels together and for each that counts there. */
export function placesOf(
  prefix: string,
  camera: string,
  zones: readonly Zone[],
  labels: readonly string[],
): readonly CameraPlace[] {
  const words = [...slugs(labels)]
  const whole = { name: null, labels: undefined }
  return [whole, ...zones].flatMap(({ name: zone, labels: counting }) => {
    const folder = zone === null ? `${prefix}/${camera}` : `${prefix}/${camera}/${zone}`
    const here = words.filter(([, label]) => counting?.includes(label) ?? true)
    return [['all', null] as const, ...here].map(([word, label]) => ({
      topic: `${folder}/${word}`,
      camera,
      zone,
      label,
      word,
      active: false,
    }))
  })
}
