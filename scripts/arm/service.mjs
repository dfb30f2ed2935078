// One service from its start to its end, here or under an emulator.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** An emulated service needs 15 s to start, and a second per picture. */
const LIMIT_MS = 180_000
const STOP_MS = 30_000

/** JSON that a program prints. */
export async function jsonOf([command, ...args]) {
  const options = { timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 }
  return JSON.parse((await promisify(execFile)(command, args, options)).stdout)
}

/** Where a started service serves. Rejects if it ends before. */
async function addressOf(child) {
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    const url = /serves (http\S+)\n/.exec(said)?.[1]
    if (url !== undefined) return url
  }
  throw new Error(`expected a service that says where it serves, found ${JSON.stringify(said)}`)
}

/**
 * Starts `squint serve` by `command`, and asks it.
 * @returns what it detects in each of `pictures` (files), how many objects its demo camera shows, and its exit code after SIGTERM
 */
export async function ask([command, ...args], pictures, minScore) {
  const home = mkdtempSync(join(tmpdir(), 'squint-arm-'))
  const child = spawn(command, [...args, 'serve', '--port', '0'], {
    env: { PATH: process.env.PATH, HOME: home, STATE_DIRECTORY: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.on('data', chunk => {
    log += chunk
  })
  const ended = once(child, 'exit')
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  try {
    const url = await addressOf(child)
    const get = async (path, init) => {
      const answer = await fetch(url + path, { ...init, signal: AbortSignal.timeout(LIMIT_MS) })
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
      return answer.json()
    }
    const shown = []
    for (const picture of pictures) {
      const body = readFileSync(picture)
      shown.push(
        (await get(`/api/detect?depth=expert&minScore=${minScore}`, { method: 'POST', body }))
          .detections,
      )
    }
    const live = await get('/api/cameras/demo/detections?waitMs=10000')
    clearTimeout(limit)
    child.kill('SIGTERM')
    const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    const [code, signal] = await ended
    clearTimeout(impatient)
    return { shown, live: live.detections.length, code: code ?? signal }
  } catch (error) {
    throw new Error(`${command}: ${error.message}; its log ends with ${log.slice(-2000)}`, {
      cause: error,
    })
  } finally {
    clearTimeout(limit)
    child.kill('SIGKILL')
    await ended
    rmSync(home, { recursive: true, force: true })
  }
}
