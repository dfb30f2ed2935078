import { ask, change } from './ask.js'
import { drawingPath } from './camera-settings.js'
import { part, setText } from './dom.js'
import { isDrawing, type SourcedDrawing } from './drawing.js'
import { createOutlineList } from './outline-list.js'
import { pressTwice } from './press-twice.js'
import {
  beginDraft,
  choose,
  drawingOf,
  dropDraft,
  hasRoom,
  type OutlineKind,
  removeOutline,
  type Sketch,
  sketchOf,
  write,
} from './sketch.js'
import { placeProblem, problemsOf, type SketchProblem } from './sketch-check.js'
import { hintWords } from './sketch-words.js'
import { createSurface } from './surface.js'
import { createUndo } from './undo.js'

/** Where the editor stands while it is open: beside the picture, and on it. */
export interface EditorHome {
  readonly camera: string
  readonly tile: HTMLElement
  /** Lies over the picture, as large as it. */
  readonly overlay: HTMLElement
  setEditing(editing: boolean): void
  /** The picture stands still. */
  setHeld(held: boolean): void
}

export interface ZoneEditorOptions {
  readonly side: HTMLElement
  readonly surface: HTMLElement
  /** The service has another drawing. */
  readonly onSaved: () => void
  readonly onClose: () => void
  readonly signal: AbortSignal
}

export interface ZoneEditor {
  open(home: EditorHome): void
  isOpen(): boolean
  /** The camera that is drawn on; undefined: it is not open. */
  camera(): string | undefined
  /** Something would be lost. */
  isDirty(): boolean
}

const RETRY_MS = 3000
const EMPTY = sketchOf({ zones: [], masks: [] })

/** Draws zones and masks on one camera's picture. What is drawn stays here until it is saved, whatever happens to the connection. */
export function createZoneEditor({ side, signal, ...options }: ZoneEditorOptions): ZoneEditor {
  const text = (name: string): HTMLElement => part(side, name, HTMLElement)
  const button = (name: string): HTMLButtonElement => part(side, name, HTMLButtonElement)
  const [camera, source, hint, message] = [
    text('editor-camera'),
    text('editor-source'),
    text('editor-hint'),
    text('editor-message'),
  ]
  const spoken = text('editor-spoken')
  const add = { zone: button('add-zone'), mask: button('add-mask') }
  const [undo, hold, save] = [button('editor-undo'), button('editor-hold'), button('editor-save')]
  const [revert, done] = [button('editor-revert'), button('editor-done')]
  const touch = matchMedia('(pointer: coarse)')

  let home: EditorHome | undefined
  let steps = createUndo<Sketch>(EMPTY)
  let saved: SourcedDrawing | undefined
  let refused: SketchProblem | undefined
  let held = false
  let busy = false

  const surface = createSurface({
    root: options.surface,
    sketch: () => steps.now(),
    onChange: step,
    onChoose: turn,
    onClosed() {
      // A finger would call the keyboard of the screen over the picture.
      if (!touch.matches) list.focusName()
    },
    onSay: words => setText(spoken, words),
    signal,
  })
  const list = createOutlineList({
    root: side,
    onChoose: turn,
    onDelete: id => step(removeOutline(steps.now(), id)),
    onWrite: (id, field, words) => step(write(steps.now(), id, field, words), `${field} ${id}`),
    signal,
  })

  function step(next: Sketch, run?: string): void {
    steps.change(next, run)
    refused = undefined
    setText(message, '')
    show()
  }

  function turn(id: number): void {
    steps.turn(choose(steps.now(), id))
    show()
  }

  const isDirty = (): boolean => {
    if (!home || !saved) return false
    const sketch = steps.now()
    const { zones, masks } = saved
    const before = JSON.stringify(drawingOf(sketchOf({ zones, masks })))
    return sketch.draft !== undefined || JSON.stringify(drawingOf(sketch)) !== before
  }

  function show(): void {
    const sketch = steps.now()
    const problems = refused ? [...problemsOf(sketch), refused] : problemsOf(sketch)
    const dirty = isDirty()
    surface.show(sketch)
    list.show(sketch, problems)
    setText(hint, saved ? hintWords(sketch, touch.matches) : '')
    const drawn = saved?.source === 'drawn' ? 'drawn on a screen' : 'as configured'
    setText(source, dirty ? 'not saved yet' : saved ? drawn : '')
    for (const kind of ['zone', 'mask'] as const) {
      add[kind].disabled = !saved || !hasRoom(sketch, kind)
      add[kind].setAttribute('aria-pressed', String(sketch.draft?.kind === kind))
    }
    undo.disabled = !steps.canUndo()
    save.disabled = busy || !dirty || sketch.draft !== undefined
    revert.hidden = saved?.source !== 'drawn'
    revert.disabled = busy
    done.dataset.dirty = String(dirty)
  }

  function begin(kind: OutlineKind): void {
    const { draft } = steps.now()
    step(draft?.kind === kind ? dropDraft(steps.now()) : beginDraft(dropDraft(steps.now()), kind))
    surface.focus()
  }

  function takeBack(): void {
    if (steps.undo()) show()
  }

  function setHeld(now: boolean): void {
    held = now
    hold.setAttribute('aria-pressed', String(held))
    home?.setHeld(held)
  }

  async function load(of: EditorHome): Promise<void> {
    const answer = await ask(drawingPath(of.camera), isDrawing, signal)
    if (home !== of) return
    if (typeof answer === 'string') {
      setText(message, 'Waiting for the service')
      setTimeout(() => void load(of), RETRY_MS)
      return
    }
    if (!saved) setText(message, '')
    saved = answer
    steps = createUndo(sketchOf(answer))
    show()
  }

  async function send(method: 'PUT' | 'DELETE'): Promise<void> {
    const of = home
    const sketch = steps.now()
    if (!of) return
    const [wrong] = method === 'PUT' ? problemsOf(sketch) : []
    if (wrong?.outline !== undefined) {
      steps.turn(choose(sketch, wrong.outline))
      setText(message, 'One zone is not complete')
      return show()
    }
    busy = true
    setText(message, method === 'PUT' ? 'saving' : 'going back')
    show()
    const body = method === 'PUT' ? drawingOf(sketch) : undefined
    const refusal = await change(method, drawingPath(of.camera), signal, body)
    busy = false
    if (home !== of) return
    if (refusal) {
      refused = placeProblem(sketch, refusal.detail)
      const { outline, message: words } = refused
      if (outline !== undefined) steps.turn(choose(steps.now(), outline))
      setText(message, refused.field ? 'Not saved: see above' : `Not saved: ${words}`)
      return show()
    }
    refused = undefined
    options.onSaved()
    if (method === 'PUT') {
      saved = { ...drawingOf(sketch), source: 'drawn' }
      setText(message, 'Saved')
      show()
    } else {
      setText(message, 'As configured')
      await load(of)
    }
  }

  function close(): void {
    if (!home) return
    setHeld(false)
    home.setEditing(false)
    side.hidden = true
    options.surface.hidden = true
    // Out of the tile, which may go with its camera.
    document.body.append(side, options.surface)
    home = undefined
    saved = undefined
    steps = createUndo(EMPTY)
    options.onClose()
  }

  function pressKey(event: KeyboardEvent): void {
    if (!home || event.defaultPrevented) return
    const typing = event.target instanceof HTMLInputElement
    if (event.key === 'Escape') {
      if (steps.now().draft) step(dropDraft(steps.now()))
      else done.click()
    } else if (event.key === 'z' && (event.ctrlKey || event.metaKey) && !typing) takeBack()
    else return
    event.preventDefault()
  }

  add.zone.addEventListener('click', () => begin('zone'), { signal })
  add.mask.addEventListener('click', () => begin('mask'), { signal })
  undo.addEventListener('click', takeBack, { signal })
  hold.addEventListener('click', () => setHeld(!held), { signal })
  save.addEventListener('click', () => void send('PUT'), { signal })
  pressTwice(
    revert,
    () => 'Discard what was drawn?',
    () => void send('DELETE'),
    signal,
  )
  pressTwice(done, () => (isDirty() ? 'Discard changes?' : undefined), close, signal)
  document.addEventListener('keydown', pressKey, { signal })
  window.addEventListener('beforeunload', event => isDirty() && event.preventDefault(), { signal })

  return {
    isOpen: () => home !== undefined,
    camera: () => home?.camera,
    isDirty,
    open(newHome) {
      close()
      home = newHome
      setText(camera, home.camera)
      setText(message, '')
      home.tile.append(side)
      home.overlay.append(options.surface)
      side.hidden = false
      options.surface.hidden = false
      home.setEditing(true)
      show()
      void load(home)
      add.zone.focus({ preventScroll: true })
    },
  }
}
