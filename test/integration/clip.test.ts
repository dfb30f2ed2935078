import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { WebSocket } from 'ws'
import { parseConfig } from '../../src/config/load.js'
import type { Result } from '../../src/events/result.js'
import { findTool } from '../../src/lib/child.js'
import { createLog } from '../../src/lib/log.js'
import { packageRoot } from '../../src/lib/package.js'
import { startService } from '../../src/main.js'

const clip = join(packageRoot, '../shared/data/clips/one-by-one-person-detection.mp4')
const missing = [
  ...(existsSync(clip) ? [] : [`${clip} is not there`]),
  ...((await findTool('ffmpeg')) ? [] : ['ffmpeg is not installed']),
].join(', ')

/** Frames of the clip, counted from 1, as a person sees them: an empty room, then one person who stands at a table. */
const EMPTY = [10, 55] as const
const PERSON = [100, 180] as const

t.test(
  'an empty room ends at the gate, and a person in it is found',
  { skip: missing || false },
  async t => {
    // at its own speed: how long ago something was looked at decides whether it is looked at again
    const camera = { id: 'room', type: 'ffmpeg', input: clip, keyFrames: 'off', realtime: true }
    const config = parseConfig({ server: { port: 0 }, cameras: [camera] }, {}, 'test')
    const service = await startService(config, createLog('error'))
    t.teardown(service.close)
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/api/ws`)
    socket.on('open', () => socket.send('{"type":"subscribe","camera":"room"}'))
    const results = await new Promise<Map<number, Result>>(resolve => {
      const seen = new Map<number, Result>()
      socket.on('message', data => {
        const message = JSON.parse(String(data))
        if (message.type !== 'result') return
        seen.set(message.result.frame.id, message.result)
        if (message.result.frame.id >= PERSON[1]) resolve(seen)
      })
    })
    socket.terminate()
    const within = ([from, to]: readonly [number, number]) =>
      [...results.values()].filter(({ frame }) => frame.id >= from && frame.id <= to)
    const person = (result: Result) => result.detections.some(({ label }) => label === 'person')

    const empty = within(EMPTY)
    t.ok(empty.length > 20, `${empty.length} frames of the empty room`)
    const gated = empty.filter(({ exit }) => exit.stage === 'gate').length
    t.ok(gated >= empty.length * 0.9, `${gated} of ${empty.length} ended at the gate`)
    t.notOk(empty.some(person))

    const occupied = within(PERSON)
    t.ok(occupied.length >= 0.9 * (PERSON[1] - PERSON[0] + 1), `${occupied.length} frames seen`)
    const found = occupied.filter(person)
    t.ok(found.length >= occupied.length * 0.97, `${found.length} of ${occupied.length}`)
    const ids = new Set(
      found.flatMap(({ detections }) =>
        detections.filter(d => d.label === 'person').map(d => d.trackId),
      ),
    )
    t.ok(ids.size <= 2, `one person had ${ids.size} identities`)
    const calm = occupied.filter(({ exit }) => exit.stage === 'gate').length
    t.ok(calm >= occupied.length * 0.7, `${calm} ended at the gate: whoever stands there is known`)
    // the first frame, the newcomer, what was doubtful about her, and a full look after ten seconds
    const asked = [...results.values()].flatMap(({ exit }) =>
      exit.stage === 'expert' ? [exit.reason] : [],
    )
    t.ok(asked.length >= 2 && asked.length <= 8, `the expert was asked: ${asked}`)
    t.equal(asked[0], 'refresh')
  },
)
