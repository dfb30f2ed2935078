import {
  labelsOf,
  type Outline,
  type OutlineField,
  type OutlineKind,
  type Sketch,
} from './sketch.js'

/** What is wrong, and where; without a field it is the outline as a whole, without an outline the whole drawing. */
export interface SketchProblem {
  readonly outline: number | undefined
  readonly field: OutlineField | undefined
  readonly message: string
}

/** As the service checks names. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/
export const NAME_HINT = 'a–z, 0–9, _ and -, at most 40'
const MOST_SECONDS = 600
const MOST_LABELS = 100
const MOST_LETTERS = 60

/** What the service would refuse, before it is asked. */
export function problemsOf({ outlines }: Sketch): readonly SketchProblem[] {
  const names = outlines.filter(({ kind }) => kind === 'zone').map(({ name }) => name)
  return outlines.flatMap(outline =>
    outline.kind === 'zone' ? problemsOfZone(outline, names) : [],
  )
}

function problemsOfZone(
  { id, name, labels, minSeconds }: Outline,
  names: readonly string[],
): SketchProblem[] {
  const found: SketchProblem[] = []
  const say = (field: OutlineField, message: string): void => {
    found.push({ outline: id, field, message })
  }
  if (!NAME.test(name)) say('name', name === '' ? `needs a name: ${NAME_HINT}` : NAME_HINT)
  else if (names.indexOf(name) !== names.lastIndexOf(name))
    say('name', 'another zone has this name')
  const seconds = Number(minSeconds)
  if (minSeconds.trim() === '' || !(seconds >= 0 && seconds <= MOST_SECONDS)) {
    say('minSeconds', `0 to ${MOST_SECONDS}`)
  }
  const words = labelsOf(labels)
  if (words.length > MOST_LABELS || words.some(word => word.length > MOST_LETTERS)) {
    say('labels', `at most ${MOST_LABELS} labels of ${MOST_LETTERS} letters`)
  }
  return found
}

const FIELDS: { readonly [F in OutlineField]: true } = {
  name: true,
  labels: true,
  minSeconds: true,
}

const isField = (text: string | undefined): text is OutlineField =>
  text !== undefined && Object.hasOwn(FIELDS, text)

/** What the service says of a drawing it was sent ("zones.1.name: expected …"), at the place that it means. */
export function placeProblem({ outlines }: Sketch, detail: string): SketchProblem {
  const [, list, index, field] = /^(zones|masks)[.[](\d+)\]?(?:\.(\w+))?[^:]*:/.exec(detail) ?? []
  const kind: OutlineKind = list === 'masks' ? 'mask' : 'zone'
  const outline = outlines.filter(known => known.kind === kind)[Number(index)]
  if (!outline) return { outline: undefined, field: undefined, message: detail }
  const message = detail.slice(detail.indexOf(':') + 1).trim()
  return { outline: outline.id, field: isField(field) ? field : undefined, message }
}
