import { codeOf, messageOf } from '../../lib/errors.js'
import type { Controls } from '../controls.js'
import type { MqttLog } from './link.js'

/** No command is longer. */
const MAX_BYTES = 64

/** Does what a command says. */
type Act = () => Promise<void>

/** A topic that changes something. */
export interface Command {
  readonly filter: string
  /** Matches the topics of the filter; the first group, if any, is the camera. */
  readonly pattern: RegExp
  /** What its payload may be, for people. */
  readonly expected: string
  /** What to do; undefined: the payload is none of those. */
  read(payload: string, camera: string): Act | undefined
}

/** ON and OFF of a camera's detection, under any name. */
export function detectionCommand(prefix: string, word: string, controls: Controls): Command {
  return {
    filter: `${prefix}/+/${word}/set`,
    pattern: new RegExp(`^${prefix}/([^/]+)/${word}/set$`),
    expected: 'ON or OFF',
    read: onOrOff((enabled, camera) => controls.setDetection(camera, enabled)),
  }
}

export function onOrOff(act: (on: boolean, camera: string) => Promise<void>): Command['read'] {
  return (payload, camera) => {
    const word = payload.toUpperCase()
    return word === 'ON' || word === 'OFF' ? () => act(word === 'ON', camera) : undefined
  }
}

export interface CommandsOptions {
  readonly commands: readonly Command[]
  readonly log: MqttLog
}

/**
 * Obeys what comes on command topics. What is wrong is told to the log and nothing else happens. Retained commands are ignored: the broker would
 * repeat them at every reconnection, against whatever somebody has switched since. One command of a topic is obeyed at a time; of those that come
 * meanwhile the last one counts, so that a flood neither fills the memory nor is obeyed minutes later.
 */
export function createCommands({
  commands,
  log,
}: CommandsOptions): (topic: string, payload: Uint8Array, retained: boolean) => void {
  let refused = 0
  /** By topic: what to do next, while something is being done. */
  const next = new Map<string, Act | undefined>()

  async function obey(topic: string, first: Act): Promise<void> {
    const busy = next.has(topic)
    next.set(topic, first)
    if (busy) return
    for (let act = next.get(topic); act !== undefined; act = next.get(topic)) {
      next.set(topic, undefined)
      try {
        await act()
      } catch (error) {
        // whatever fails, the connection that it came over goes on
        refuse({ topic, code: codeOf(error), error: messageOf(error) }, 'an MQTT command failed')
      }
    }
    next.delete(topic)
  }

  function refuse(fields: object, why: string): void {
    refused += 1
    // whoever may publish must not fill the disk: the 1st, 2nd, 4th, 8th ... is told
    if ((refused & (refused - 1)) === 0) log.warn({ ...fields, refused }, why)
  }

  return (topic, payload, retained) => {
    for (const { pattern, expected, read } of commands) {
      const match = pattern.exec(topic)
      if (match === null) continue
      if (retained) {
        refuse({ topic }, 'a retained MQTT command is ignored')
        return
      }
      const found = Buffer.from(payload.subarray(0, MAX_BYTES)).toString()
      const act = payload.length > MAX_BYTES ? undefined : read(found.trim(), match[1] ?? '')
      if (act === undefined) {
        refuse({ topic, expected, found }, 'an MQTT command is not understood')
        return
      }
      void obey(topic, act)
      return
    }
  }
}
