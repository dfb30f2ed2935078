import { part, setText } from './dom.js'
import { EVERYTHING, type EventFilter } from './event-list.js'

/** Words that are offered at most in one list. */
const MOST = 100
const FIELDS = ['camera', 'label', 'zone'] as const

type Field = (typeof FIELDS)[number]

export interface EventFilters {
  chosen(): EventFilter
  /** As if somebody had chosen it, but for the callback. */
  setCamera(camera: string | null): void
  /** Offers words, in the order of the alphabet; those that were offered before stay. */
  offer(field: Field, words: Iterable<string>): void
}

/** Three lists to choose from; one that offers no choice is not there. */
export function createEventFilters(
  root: Element,
  onChange: () => void,
  signal: AbortSignal,
): EventFilters {
  let filter: EventFilter = EVERYTHING
  const lists = new Map(FIELDS.map(field => [field, createChoice(root, field)]))

  for (const [field, { select }] of lists) {
    select.addEventListener(
      'change',
      () => {
        filter = { ...filter, [field]: select.value || null }
        onChange()
      },
      { signal },
    )
  }

  return {
    chosen: () => filter,
    setCamera(camera) {
      filter = { ...filter, camera }
      const list = lists.get('camera')
      if (!list) return
      if (camera !== null) list.offer([camera])
      list.select.value = camera ?? ''
    },
    offer: (field, words) => lists.get(field)?.offer(words),
  }
}

function createChoice(root: Element, field: Field) {
  const label = part(root, `filter-${field}`, HTMLLabelElement)
  const select = part(label, 'filter-choice', HTMLSelectElement)
  let known: readonly string[] = []

  return {
    select,
    offer(words: Iterable<string>): void {
      const all = [...new Set([...known, ...words])].sort().slice(0, MOST)
      if (all.length === known.length) return
      known = all
      const chosen = select.value
      const [any, ...rest] = select.options
      for (const option of rest) option.remove()
      if (any) select.replaceChildren(any, ...known.map(toOption))
      select.value = chosen
      label.hidden = known.length < 2
    },
  }
}

function toOption(word: string): HTMLOptionElement {
  const option = document.createElement('option')
  option.value = word
  setText(option, word)
  return option
}
