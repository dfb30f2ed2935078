import { part, setText } from './dom.js'
import { chosenOf, type Outline, type OutlineField, type Sketch } from './sketch.js'
import type { SketchProblem } from './sketch-check.js'
import { outlineFacts, outlineWords } from './sketch-words.js'

const FIELDS = ['name', 'labels', 'minSeconds'] as const

export interface OutlineListOptions {
  readonly root: HTMLElement
  readonly onChoose: (id: number) => void
  readonly onDelete: (id: number) => void
  readonly onWrite: (id: number, field: OutlineField, text: string) => void
  readonly signal: AbortSignal
}

export interface OutlineList {
  show(sketch: Sketch, problems: readonly SketchProblem[]): void
  /** So that a new zone is named at once. */
  focusName(): void
}

interface Line {
  readonly element: HTMLElement
  readonly name: HTMLElement
  readonly facts: HTMLElement
  readonly choose: HTMLElement
  readonly remove: HTMLElement
}

/** Zones and masks by name; what is typed of the chosen zone stands below its line. */
export function createOutlineList(options: OutlineListOptions): OutlineList {
  const { root, signal } = options
  const list = part(root, 'outlines', HTMLUListElement)
  const template = part(document, 'outline-template', HTMLTemplateElement)
  const form = part(root, 'zone-form', HTMLFormElement)
  const fields = new Map(
    FIELDS.map(field => [
      field,
      {
        input: part(form, `zone-${field}`, HTMLInputElement),
        problem: part(form, `zone-${field}-problem`, HTMLElement),
      },
    ]),
  )
  const lines = new Map<number, Line>()
  let shown: number | undefined

  form.addEventListener('submit', event => event.preventDefault(), { signal })
  for (const [field, { input }] of fields) {
    const write = (): void => {
      if (shown !== undefined) options.onWrite(shown, field, input.value)
    }
    input.addEventListener('input', write, { signal })
  }

  function makeLine(id: number): Line {
    const fragment = document.importNode(template.content, true)
    const element = part(fragment, 'outline', HTMLLIElement)
    const choose = part(element, 'outline-choose', HTMLButtonElement)
    const remove = part(element, 'outline-delete', HTMLButtonElement)
    choose.addEventListener('click', () => options.onChoose(id))
    remove.addEventListener('click', () => options.onDelete(id))
    const text = (name: string): HTMLElement => part(element, name, HTMLElement)
    const line = {
      element,
      choose,
      remove,
      name: text('outline-name'),
      facts: text('outline-facts'),
    }
    lines.set(id, line)
    return line
  }

  function showLine(sketch: Sketch, outline: Outline, hasProblem: boolean): HTMLElement {
    const line = lines.get(outline.id) ?? makeLine(outline.id)
    const name = outlineWords(sketch, outline)
    setText(line.name, name)
    setText(line.facts, outlineFacts(outline))
    line.element.dataset.kind = outline.kind
    line.element.classList.toggle('wrong', hasProblem)
    line.choose.setAttribute('aria-pressed', String(outline.id === sketch.chosen))
    line.remove.setAttribute('aria-label', `Delete ${name}`)
    return line.element
  }

  function showForm(outline: Outline | undefined, problems: readonly SketchProblem[]): void {
    const zone = outline?.kind === 'zone' ? outline : undefined
    shown = zone?.id
    form.hidden = !zone
    if (!zone) return
    const home = lines.get(zone.id)?.element
    // Moved only to another line: moving it takes the focus away.
    if (form.parentElement !== home) home?.append(form)
    for (const [field, { input, problem }] of fields) {
      if (input.value !== zone[field]) input.value = zone[field]
      const found = problems.find(known => known.outline === zone.id && known.field === field)
      setText(problem, found?.message ?? '')
      input.setAttribute('aria-invalid', String(found !== undefined))
    }
  }

  return {
    show(sketch, problems) {
      const ids = new Set(sketch.outlines.map(({ id }) => id))
      for (const [id, { element }] of lines) {
        if (ids.has(id)) continue
        // The form outlives the line that it stands below.
        if (form.parentElement === element) root.append(form)
        element.remove()
        lines.delete(id)
      }
      for (const [i, outline] of inOrder(sketch).entries()) {
        const wrong = problems.some(known => known.outline === outline.id)
        const element = showLine(sketch, outline, wrong)
        // A line that lies in the list already stays: moving it would take the focus away.
        if (element.parentElement !== list) list.insertBefore(element, list.children[i] ?? null)
      }
      showForm(chosenOf(sketch), problems)
    },
    focusName: () => fields.get('name')?.input.select(),
  }
}

/** Zones before masks, whichever was drawn first. */
function inOrder({ outlines }: Sketch): readonly Outline[] {
  return [
    ...outlines.filter(({ kind }) => kind === 'zone'),
    ...outlines.filter(({ kind }) => kind === 'mask'),
  ]
}
