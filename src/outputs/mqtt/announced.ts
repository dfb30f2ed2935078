import { z } from 'zod'
import type { DeviceDiscovery } from './discovery.js'

/** As much of a discovery message as says which entities there are. No camera has more of them than fit. */
const MAX_BYTES = 1 << 20

const messageSchema = z.object({
  device: z.object({ identifiers: z.array(z.string()), via_device: z.string().optional() }),
  origin: z.object({ name: z.literal('squint') }),
  components: z.record(z.string(), z.object({ platform: z.string() })),
})

/** What Home Assistant has been told of, now or by a service before this one, so that what is gone can be taken back. */
export interface Announced {
  /** Takes a message that the broker has retained; says whether anything in it was not known here. */
  remember(topic: string, payload: Uint8Array): boolean
  /** Adds, to what there is, what must be removed. By topic; an empty message removes a device. */
  messages(devices: ReadonlyMap<string, DeviceDiscovery>): ReadonlyMap<string, string>
}

/** @param node of this service; messages of others are left alone */
export function createAnnounced(node: string): Announced {
  const platforms = new Map<string, Map<string, string>>()

  function note(
    topic: string,
    components: Readonly<Record<string, { platform: string }>>,
  ): boolean {
    const known = platforms.get(topic) ?? new Map<string, string>()
    platforms.set(topic, known)
    const before = known.size
    for (const [key, { platform }] of Object.entries(components)) known.set(key, platform)
    return known.size > before
  }

  return {
    remember(topic, payload) {
      if (payload.length === 0 || payload.length > MAX_BYTES) return false
      const { success, data } = messageSchema.safeParse(parse(payload))
      if (!success) return false
      const { identifiers, via_device } = data.device
      const ours = via_device === node || identifiers.includes(node)
      return ours && note(topic, data.components)
    },
    messages(devices) {
      const messages = new Map<string, string>()
      for (const [topic, device] of devices) {
        note(topic, device.components)
        const gone = [...platforms.get(topic)!].filter(([key]) => !(key in device.components))
        const components = {
          ...device.components,
          ...Object.fromEntries(gone.map(([key, platform]) => [key, { platform }])),
        }
        messages.set(topic, JSON.stringify({ ...device, components }))
      }
      for (const topic of platforms.keys()) if (!devices.has(topic)) messages.set(topic, '')
      return messages
    },
  }
}

function parse(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString())
  } catch {
    return undefined
  }
}
