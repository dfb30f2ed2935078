import { z } from 'zod'

/** A topic or its beginning: no wildcards, no empty levels. */
const topic = z
  .string()
  .regex(/^[\w-]+(\/[\w-]+){0,7}$/, 'expected words of A-Z, a-z, 0-9, _ and -, separated by /')

/** Connects to a broker if given. */
export const mqttSchema = z
  .strictObject({
    /** mqtt:// or mqtts://, without user and password. */
    url: z.url({ protocol: /^mqtts?$/ }).refine(url => !/@/.test(url), {
      message: 'expected no user in the address: username and password are fields of their own',
    }),
    username: z.string().min(1).max(200).optional(),
    password: z.string().min(1).max(200).optional(),
    /** File of the certificates that are trusted instead of the system's. */
    ca: z.string().min(1).max(4096).optional(),
    /** Before all topics; several services at one broker need different ones. */
    prefix: topic.default('squint'),
    /** Home Assistant's discovery prefix; false: no discovery. */
    discovery: z.union([topic, z.literal(false)]).default('homeassistant'),
    /** Speaks of events as Frigate does under this prefix, for clients that know only that; left out: not. */
    frigate: topic.optional(),
    /** Seconds between two tellings of watts, millijoules, temperature. */
    everySeconds: z.number().min(1).max(3600).default(10),
    /** Pictures of events are published. */
    snapshots: z.boolean().default(true),
  })
  .refine(({ prefix, frigate }) => frigate !== prefix, {
    path: ['frigate'],
    message:
      "expected another prefix than the service's own: both speak of `events` and `available`, differently",
  })

export type MqttConfig = z.infer<typeof mqttSchema>
