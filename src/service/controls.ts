import { EventEmitter } from 'node:events'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { type BudgetConfig, budgetSchema } from '../cascade/config.js'
import type { Config } from '../config/schema.js'
import { drawingSchema } from '../events/config.js'
import type { Drawing } from '../events/zones.js'
import { writeAtomically } from '../lib/atomic-file.js'
import { messageOf, SquintError } from '../lib/errors.js'
import { explain } from '../lib/explain.js'
import type { BudgetControl, ConfigurationStatus, Controls } from '../outputs/controls.js'

const target = {
  watts: budgetSchema.shape.watts.unwrap().nullable().optional(),
  millijoulesPerFrame: budgetSchema.shape.millijoulesPerFrame.unwrap().nullable().optional(),
  milliseconds: budgetSchema.shape.milliseconds.unwrap().nullable().optional(),
  celsius: budgetSchema.shape.celsius.unwrap().nullable().optional(),
}
const budgetChangeSchema = z.strictObject({ enabled: z.boolean().optional(), ...target })

const NOTHING_DRAWN: Drawing = { zones: [], masks: [] }

/** What the configuration draws on a camera's picture. */
export function configuredDrawing({ events }: Pick<Config, 'events'>, camera: string): Drawing {
  return events.cameras[camera] ?? NOTHING_DRAWN
}

/** What clients have changed, as it is kept. */
const stateSchema = z.strictObject({
  /** Cameras whose frames are not looked at. */
  detectionOff: z.array(z.string()).default([]),
  /** What is not named is as configured. */
  budget: budgetChangeSchema.default({}),
  drawings: z.record(z.string(), drawingSchema).default({}),
})

type State = z.infer<typeof stateSchema>

export interface ControlsOptions {
  /** Where changes are kept. */
  readonly file: string
  /** Ids of the cameras there are now. */
  cameras(): readonly string[]
  configuredBudget(): BudgetConfig
  configuredDrawing(camera: string): Drawing
  configuration(): ConfigurationStatus
  /** Makes a change hold that has just been kept. */
  applied(): Promise<void>
  /** What was kept cannot be used; it is put aside under another name. */
  onLost(reason: string): void
}

export interface ServiceControls extends Controls {
  /** Like `detection`, also of a camera that is only about to be there. */
  looks(camera: string): boolean
  /** What is drawn, else what is configured. */
  drawn(camera: string, configured: Drawing): Drawing
  /** The budget that is to be kept, of what is configured. */
  budgetOf(configured: BudgetConfig): BudgetConfig
  /** Tells the listeners: something that is not changed here has changed. */
  announce(): void
}

/** Opens what clients have changed before. Never rejects: what cannot be read is put aside. */
export async function openControls(options: ControlsOptions): Promise<ServiceControls> {
  const { file, cameras, configuredBudget, configuredDrawing, configuration } = options
  const bell = new EventEmitter().setMaxListeners(0)
  let state = await read(file, options.onLost)
  let writing = Promise.resolve()

  function known(camera: string): string {
    if (cameras().includes(camera)) return camera
    const message = `camera: expected one of ${cameras().join(', ')}, found ${camera}`
    throw new SquintError('CAMERA_UNKNOWN', message)
  }

  /** One change after the other; each is on the disk before it holds. */
  function change(next: (state: State) => State): Promise<void> {
    const written = writing.then(async () => {
      const changed = next(state)
      await write(file, changed)
      state = changed
      await options.applied()
      bell.emit('change')
    })
    writing = written.catch(() => undefined)
    return written
  }

  function budget(given = configuredBudget()): BudgetControl {
    const { watts, millijoulesPerFrame, milliseconds, celsius } = given
    const configured = { watts, millijoulesPerFrame, milliseconds, celsius }
    const targets = { ...configured, ...state.budget }
    return {
      enabled: state.budget.enabled ?? true,
      watts: targets.watts ?? null,
      millijoulesPerFrame: targets.millijoulesPerFrame ?? null,
      milliseconds: targets.milliseconds ?? null,
      celsius: targets.celsius ?? null,
    }
  }

  function looks(camera: string): boolean {
    return !state.detectionOff.includes(camera)
  }

  return {
    detection: camera => looks(known(camera)),
    looks,
    drawn: (camera, configured) => state.drawings[camera] ?? configured,
    async setDetection(camera, enabled) {
      known(camera)
      await change(({ detectionOff, ...rest }) => {
        const others = detectionOff.filter(id => id !== camera)
        return { ...rest, detectionOff: enabled ? others : [...others, camera] }
      })
    },
    budget: () => budget(),
    async setBudget(wanted) {
      const parsed = budgetChangeSchema.safeParse(wanted)
      if (!parsed.success) {
        const reason = explain(parsed.error.issues[0]!, budgetChangeSchema, wanted)
        throw new SquintError('REQUEST_INVALID', `budget: ${reason}`)
      }
      await change(state => ({ ...state, budget: { ...state.budget, ...parsed.data } }))
    },
    budgetOf(configured) {
      const { minFps } = configured
      const { enabled, ...targets } = budget(configured)
      if (!enabled) return { minFps }
      const given = Object.entries(targets).filter(([, value]) => value !== null)
      return { minFps, ...Object.fromEntries(given) }
    },
    drawing(camera) {
      const drawn = state.drawings[known(camera)]
      return drawn === undefined
        ? { ...configuredDrawing(camera), source: 'configured' }
        : { ...drawn, source: 'drawn' }
    },
    async setDrawing(camera, drawing) {
      known(camera)
      const parsed = drawingSchema.safeParse(drawing)
      if (!parsed.success) {
        const reason = explain(parsed.error.issues[0]!, drawingSchema, drawing)
        throw new SquintError('REQUEST_INVALID', reason)
      }
      await change(state => ({
        ...state,
        drawings: { ...state.drawings, [camera]: parsed.data },
      }))
    },
    async resetDrawing(camera) {
      known(camera)
      await change(({ drawings, ...rest }) => {
        const { [camera]: _, ...others } = drawings
        return { ...rest, drawings: others }
      })
    },
    configuration,
    onChange(listener, signal) {
      bell.on('change', listener)
      signal.addEventListener('abort', () => bell.off('change', listener), { once: true })
    },
    announce() {
      bell.emit('change')
    },
  }
}

async function read(file: string, onLost: ControlsOptions['onLost']): Promise<State> {
  const nothing = stateSchema.parse({})
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    // the first start, or no state folder at all
    if (['ENOENT', 'ENOTDIR'].includes(Object(error).code)) return nothing
    return lose(error)
  }
  try {
    return stateSchema.parse(JSON.parse(text))
  } catch (error) {
    return lose(error)
  }

  async function lose(error: unknown): Promise<State> {
    const aside = `${file}.invalid`
    const where = await rename(file, aside).then(
      () => `now ${aside}`,
      cause => `and it stays there: ${messageOf(cause)}`,
    )
    onLost(`expected what clients have changed, found ${messageOf(error)}; ${where}`)
    return nothing
  }
}

async function write(file: string, state: State): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await writeAtomically(file, `${JSON.stringify(state, undefined, 2)}\n`)
  } catch (error) {
    const message = `state: expected a folder that can be written, found ${messageOf(error)}`
    throw new SquintError('STATE_UNWRITABLE', message, { cause: error })
  }
}
