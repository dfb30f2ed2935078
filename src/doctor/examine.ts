import { messageOf } from '../lib/errors.js'
import { sleep } from '../lib/sleep.js'
import { checkBoard } from './board.js'
import { checkCameraTools } from './camera-tools.js'
import { checkCameras } from './cameras.js'
import { checkClock } from './clock.js'
import { checkConfiguration } from './configuration.js'
import { checkDisk } from './disk.js'
import { checkFfmpeg } from './ffmpeg.js'
import type { Check, Finding, Surroundings } from './finding.js'
import { checkGroups } from './groups.js'
import { checkLibraries } from './libraries.js'
import { checkMeters } from './meters.js'
import { checkModels } from './models.js'
import { checkPort } from './port.js'
import { checkSystem } from './system.js'
import { checkVcgencmd } from './vcgencmd.js'

/** Milliseconds that a check may take: longer than a tool that it asks. */
const LIMIT_MS = 12_000

export interface NamedCheck {
  readonly subject: string
  readonly check: Check
  /** It measures, and would measure the other checks too. */
  readonly alone?: boolean
}

/** In the order in which they are told. */
export const CHECKS: readonly NamedCheck[] = [
  { subject: 'board', check: checkBoard, alone: true },
  { subject: 'system', check: checkSystem },
  { subject: 'libraries', check: checkLibraries },
  { subject: 'models', check: checkModels },
  { subject: 'disk', check: checkDisk },
  { subject: 'clock', check: checkClock },
  { subject: 'ffmpeg', check: checkFfmpeg },
  { subject: 'rpicam', check: checkCameraTools },
  { subject: 'cameras', check: checkCameras },
  { subject: 'groups', check: checkGroups },
  { subject: 'vcgencmd', check: checkVcgencmd },
  { subject: 'meters', check: checkMeters, alone: true },
  { subject: 'configuration', check: checkConfiguration },
  { subject: 'port', check: checkPort },
]

/** Runs all checks: first those that measure, one by one, then the others together. Never rejects. */
export async function examine(
  surroundings: Surroundings,
  checks = CHECKS,
  limitMs = LIMIT_MS,
): Promise<Finding[]> {
  const findings = new Map<NamedCheck, Promise<Finding[]>>()
  const start = (named: NamedCheck): Promise<Finding[]> => {
    const running = bounded(named, surroundings, limitMs)
    findings.set(named, running)
    return running
  }
  for (const named of checks.filter(({ alone }) => alone)) await start(named)
  await Promise.all(checks.filter(({ alone }) => !alone).map(start))
  return (await Promise.all(checks.map(named => findings.get(named)!))).flat()
}

/** True if nothing is missing that the service needs. */
export function canServe(findings: readonly Finding[]): boolean {
  return findings.every(({ state, essential }) => !(essential && state === 'missing'))
}

/** A check's findings, or that it failed or took too long; then what it has started is ended. */
async function bounded(
  { subject, check }: NamedCheck,
  surroundings: Surroundings,
  limitMs: number,
): Promise<Finding[]> {
  const over = new AbortController()
  const signal = AbortSignal.any([surroundings.signal, over.signal])
  const failed = (why: string): Finding[] => {
    const found = `could not be looked at: ${why}`
    return [{ subject, state: 'notice', essential: false, found }]
  }
  const late = sleep(limitMs, over.signal).then(
    () => failed(`no answer within ${limitMs / 1000} s`),
    () => [],
  )
  const answer = check({ ...surroundings, signal }).catch(error => failed(messageOf(error)))
  const findings = await Promise.race([answer, late])
  over.abort()
  return findings
}
