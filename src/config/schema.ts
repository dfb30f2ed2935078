import { z } from 'zod'
import { cameraSchema } from '../camera/config.js'
import { budgetSchema, cascadeSchema } from '../cascade/config.js'
import { serverSchema } from '../outputs/config.js'
import { powerSchema } from '../power/config.js'

/** The whole configuration: each part's own schema and defaults, put together. */
export const configSchema = z
  .strictObject({
    server: serverSchema.prefault({}),
    /** None configured: whatever is found, else the demo. */
    cameras: z.array(cameraSchema).default([]),
    cascade: cascadeSchema.prefault({}),
    budget: budgetSchema.prefault({}),
    power: powerSchema.prefault({}),
    log: z
      .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') })
      .prefault({}),
  })
  .superRefine(({ cameras }, context) => {
    const ids = cameras.map(camera => camera.id)
    ids.forEach((id, index) => {
      if (ids.indexOf(id) !== index) {
        context.addIssue({
          code: 'custom',
          path: ['cameras', index, 'id'],
          message: `expected an id that no other camera has, found "${id}" again`,
        })
      }
    })
  })

export type Config = z.infer<typeof configSchema>
