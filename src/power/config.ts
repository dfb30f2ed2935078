import { join } from 'node:path'
import { z } from 'zod'
import { stateFolder } from '../lib/state-folder.js'

export const powerSchema = z.strictObject({
  /** Which kind of meter to read; auto: the first that answers, off: none. */
  meter: z
    .enum(['auto', 'off', 'ina', 'jetson', 'pmic', 'tegrastats', 'rapl', 'supply'])
    .default('auto'),
  /** Names of the rails that make up the board's total, where a meter has several; left out: all. */
  rails: z.array(z.string().min(1)).min(1).optional(),
  /** Milliseconds between two readings; left out: 500, with the Raspberry Pi 5's own meter 1000. */
  everyMs: z.int().min(100).max(10_000).optional(),
  /** What `squint doctor --calibrate` has found on this device. */
  calibration: z
    .string()
    .min(1)
    .default(() => join(stateFolder(), 'calibration.json')),
  /** Of a full battery; gives an estimate of how long it lasts. */
  batteryWattHours: z.number().positive().max(100_000).optional(),
})

export type PowerConfig = z.infer<typeof powerSchema>
