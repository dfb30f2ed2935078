import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import { backoff } from '../../lib/backoff.js'
import { monotonicMs } from '../../lib/clock.js'
import { messageOf } from '../../lib/errors.js'
import { sleep } from '../../lib/sleep.js'
import { within } from '../../lib/within.js'
import type { MqttConfig } from './config.js'
import type { Send } from './outbox.js'

/** Silence after which a broker counts as gone, and the time that it has to greet. */
const KEEPALIVE_SECONDS = 30
const GREETING_MS = 10_000

/** The part of the log that is used. */
export interface MqttLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface LinkOptions {
  readonly config: Pick<MqttConfig, 'url' | 'username' | 'password' | 'ca'>
  /** Gets a retained `offline` from the broker when this side vanishes without a word. */
  readonly availability: string
  readonly subscriptions: readonly string[]
  onOpen(send: Send): void
  onShut(): void
  onMessage(topic: string, payload: Uint8Array, retained: boolean): void
  readonly log: MqttLog
  /** Waits between tries. */
  readonly retryMs?: readonly [number, ...number[]]
}

/** A connection that is made again for ever. */
export interface Link {
  readonly connected: boolean
  /** Why there is none; null: there is one, or the first try is under way. */
  readonly error: string | null
  /** Leaves the broker: with a farewell, or, if what was sent is not acknowledged, without, so that it sends the last will. */
  close(farewell: boolean): Promise<void>
}

/** Connects at once and whenever the connection is lost, with growing waits. Tells every change of the reason once; never throws. */
export function openLink(options: LinkOptions): Link {
  const { config, availability, subscriptions, onOpen, onShut, onMessage, log } = options
  const { retryMs: stepsMs = [1000, 2000, 5000, 10_000, 20_000] } = options
  const ladder = backoff({ stepsMs, healthyMs: 2 * KEEPALIVE_SECONDS * 1000 })
  const broker = new URL(config.url).host
  const closing = new AbortController()
  const { signal } = closing
  let client: MqttClient | undefined
  let error: string | null = null

  function failed(reason: string): void {
    if (reason !== error && !signal.aborted) log.warn({ broker, error: reason }, 'no MQTT broker')
    error = reason
  }

  async function settings(): Promise<IClientOptions> {
    const { username, password, ca } = config
    return {
      clientId: `squint${randomBytes(8).toString('hex')}`,
      keepalive: KEEPALIVE_SECONDS,
      connectTimeout: GREETING_MS,
      // made again here: mqtt.js has no growing waits, and would hold back what is new until all that is old is acknowledged
      reconnectPeriod: 0,
      will: { topic: availability, payload: Buffer.from('offline'), qos: 1, retain: true },
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(ca !== undefined && { ca: await readFile(ca) }),
    }
  }

  function greeted(opened: MqttClient): void {
    log.info({ broker }, 'MQTT broker found')
    error = null
    opened.subscribe([...subscriptions], { qos: 1 }, refusal => {
      if (refusal && opened.connected)
        log.warn({ broker, error: messageOf(refusal) }, 'the broker lets no commands through')
    })
    onOpen((message, arrived) => {
      const { topic, retain } = message
      // mqtt.js takes no plain Uint8Array
      const payload =
        typeof message.payload === 'string' ? message.payload : Buffer.from(message.payload)
      opened.publish(topic, payload, { qos: 1, retain }, lost => {
        if (!lost) arrived()
      })
    })
  }

  /** One connection, until it is over. Resolves to the milliseconds that it held. */
  async function visit(): Promise<number> {
    const chosen = await settings()
    if (signal.aborted) return 0
    const opened = connect(config.url, chosen)
    client = opened
    return new Promise(resolve => {
      let reason: string | undefined
      let since: number | undefined
      opened.on('connect', () => {
        since = monotonicMs()
        greeted(opened)
      })
      opened.on('message', (topic, payload, { retain }) => onMessage(topic, payload, retain))
      opened.on('error', problem => {
        reason ??= say(problem)
      })
      opened.once('close', () => {
        opened.end(true)
        if (since !== undefined) onShut()
        failed(reason ?? 'it closed the connection')
        resolve(since === undefined ? 0 : monotonicMs() - since)
      })
    })
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const heldMs = await visit().catch((problem: unknown) => {
        failed(messageOf(problem))
        return 0
      })
      // aborted: it is over
      await sleep(ladder.next(heldMs), signal).catch(() => undefined)
    }
  }

  const running = run()
  return {
    get connected() {
      return client?.connected === true
    },
    get error() {
      return error
    },
    async close(farewell) {
      closing.abort()
      if (client !== undefined) {
        const leaving = client.endAsync(!farewell || !client.connected)
        await within(1000, leaving, () => new Error('no farewell')).catch(() =>
          client?.stream.destroy(),
        )
      }
      await running
    },
  }
}

/** Why a connection failed. The errors of several addresses together have a code only, others have none. */
function say({ code, message }: Error & { readonly code?: string | number }): string {
  return [code, message].join(' ').trim()
}
