import { ask } from './ask.js'
import type { Finding, Surroundings } from './finding.js'

/** ffmpeg opens USB and network cameras and videos. */
export async function checkFfmpeg(
  surroundings: Surroundings,
  limitMs?: number,
): Promise<Finding[]> {
  const { cameras } = surroundings.configuration.config
  const users = cameras.filter(({ type }) => type === 'ffmpeg').map(({ id }) => id)
  const base = { subject: 'ffmpeg', essential: users.length > 0 }
  const answer = await ask('ffmpeg', ['-version'], surroundings, limitMs)
  const needed = users.join(', ') || 'USB and network cameras and videos'
  const mend = 'sudo apt install ffmpeg'
  if (answer === undefined) {
    return [{ ...base, state: 'missing', found: `not found; needed for ${needed}`, mend }]
  }
  const { tool, text, failure, late } = answer
  if (late) return [{ ...base, state: 'notice', found: `${tool} gave ${failure}` }]
  if (failure !== undefined) {
    const found = `${tool} does not run: ${failure}; needed for ${needed}`
    return [{ ...base, state: 'missing', found, mend: 'sudo apt install --reinstall ffmpeg' }]
  }
  const version = /^ffmpeg version (\S+)/.exec(text)?.[1] ?? 'of unknown version'
  return [{ ...base, state: 'well', found: `${version} (${tool})`, details: { tool, version } }]
}
