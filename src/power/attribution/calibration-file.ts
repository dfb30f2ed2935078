import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../../lib/atomic-file.js'
import { messageOf } from '../../lib/errors.js'
import { explain } from '../../lib/explain.js'
import type { Belief } from './belief.js'
import type { Calibration } from './calibration.js'
import { ALL_STAGES, SOURCES, uncertaintyOf } from './draw.js'

const watts = z.number().nonnegative()
const size = SOURCES.length

/** Relative: so far may the draws have drifted together since then, with clocks, voltages and temperatures; judgement. */
const DRIFT = 0.1

/** What decides about the draws; a calibration holds only as long as they are the same. */
const conditionsSchema = z.strictObject({
  board: z.string(),
  scout: z.string(),
  expert: z.string(),
  threads: z.int().positive(),
  governor: z.string().nullable(),
  powerMode: z.string().nullable(),
})
export type Conditions = z.infer<typeof conditionsSchema>

const fileSchema = z.strictObject({
  version: z.literal(1),
  /** When it was made, ISO 8601. */
  at: z.string(),
  meter: z.string(),
  conditions: conditionsSchema,
  scope: z.enum(['board', 'soc', 'process']),
  /** In the order of decode, gate, scout, expert, other. */
  watts: z.array(watts).length(size),
  covariance: z.array(z.array(z.number()).length(size)).length(size),
  scale: z.number().nonnegative(),
  idle: z.strictObject({ watts, uncertainty: watts }),
  noise: watts,
  /** Mean relative error of what the others predict of each round. */
  error: z.number().nonnegative(),
})

/** Keeps a calibration. @param at ISO 8601 */
export async function writeCalibration(
  path: string,
  { draw, idle, scope, noise, error }: Calibration,
  made: { readonly at: string; readonly meter: string; readonly conditions: Conditions },
): Promise<void> {
  const { at, meter, conditions } = made
  const { watts, covariance, scale } = draw
  const content: z.infer<typeof fileSchema> = {
    version: 1,
    at,
    meter,
    conditions,
    scope,
    watts: [...watts],
    covariance: covariance.map(row => [...row]),
    scale,
    idle: { watts: idle.watts, uncertainty: idle.uncertainty },
    noise,
    error,
  }
  await mkdir(dirname(path), { recursive: true })
  await writeAtomically(path, `${JSON.stringify(content, null, 2)}\n`)
}

/** What a calibration makes of what was believed, and why it is not used; both undefined if there is none. */
export interface Recalled {
  readonly belief?: Belief
  readonly ignored?: string
}

/** Reads the calibration of a device, if it was made under these conditions. Never rejects. */
export async function readCalibration(
  path: string,
  modelled: Belief,
  conditions: Conditions,
): Promise<Recalled> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error)
  if (text instanceof Error) {
    return text.code === 'ENOENT' ? {} : { ignored: `${path} cannot be read: ${text.message}` }
  }
  let written: unknown
  try {
    written = JSON.parse(text)
  } catch (error) {
    return { ignored: `${path} is no JSON: ${messageOf(error)}` }
  }
  const parsed = fileSchema.safeParse(written)
  if (!parsed.success) {
    return { ignored: `${path}: ${explain(parsed.error.issues[0]!, fileSchema, written)}` }
  }
  const { at, meter, scope, watts, covariance, idle, conditions: then } = parsed.data
  for (const name of Object.keys(conditions) as (keyof Conditions)[]) {
    if (then[name] === conditions[name]) continue
    const ignored = `${path} was made with ${name} ${then[name]}, now it is ${conditions[name]}`
    return { ignored: `${ignored}: squint doctor --calibrate` }
  }
  const scale = Math.hypot(parsed.data.scale, parsed.data.error, DRIFT)
  const draw = { watts, covariance, scale }
  return {
    belief: {
      ...modelled,
      draw,
      idle: { ...idle, scope, method: 'calibrated' },
      knowledge: {
        method: 'calibrated',
        scope,
        source: `calibrated with ${meter} on ${at.slice(0, 10)}`,
        uncertainty: uncertaintyOf(draw, ALL_STAGES),
      },
    },
  }
}
