import { z } from 'zod'
import { cameraSchema } from '../camera/config.js'
import { budgetSchema, cascadeSchema } from '../cascade/config.js'
import { eventsSchema } from '../events/config.js'
import { serverSchema } from '../outputs/config.js'
import { mqttSchema } from '../outputs/mqtt/config.js'
import { webhooksSchema } from '../outputs/webhooks/config.js'
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
    events: eventsSchema.prefault({}),
    /** Left out: no broker. */
    mqtt: mqttSchema.optional(),
    webhooks: webhooksSchema,
    log: z
      .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') })
      .prefault({}),
  })
  .superRefine(({ cameras, events }, context) => {
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
    for (const id of Object.keys(events.cameras)) {
      // without cameras of its own it takes what it finds
      if (cameras.length === 0 || ids.includes(id)) continue
      context.addIssue({
        code: 'custom',
        path: ['events', 'cameras', id],
        message: `expected one of ${ids.join(', ')}, found another`,
      })
    }
  })

export type Config = z.infer<typeof configSchema>
