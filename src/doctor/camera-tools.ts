import { findTool } from '../lib/child.js'
import { boardName } from '../power/board/name.js'
import { ask } from './ask.js'
import type { Finding, Surroundings } from './finding.js'

/** For video, and for stills; the second of each is what older systems call it. */
const TOOLS = ['rpicam-vid', 'libcamera-vid', 'rpicam-jpeg', 'libcamera-jpeg', 'rpicam-still']

/** The tools that open CSI cameras; nothing is said where there can be none. */
export async function checkCameraTools(surroundings: Surroundings): Promise<Finding[]> {
  const { sysfs, path, configuration } = surroundings
  const users = configuration.config.cameras.filter(({ type }) => type === 'libcamera')
  const tools: string[] = []
  for (const name of TOOLS) if (await findTool(name, path)) tools.push(name)

  const base = { subject: 'rpicam', essential: users.length > 0, details: { tools } }
  const mend = 'sudo apt install rpicam-apps'
  if (tools.length === 0) {
    const wanted = users.length > 0 || /Raspberry Pi/.test(await boardName(sysfs))
    const needed = users.map(({ id }) => id).join(', ') || 'CSI cameras'
    const found = `rpicam-vid not found; needed for ${needed}`
    return wanted ? [{ ...base, state: 'missing', found, mend }] : []
  }
  const asked = tools.includes('rpicam-vid') ? 'rpicam-vid' : tools[0]!
  const answer = await ask(asked, ['--version'], surroundings)
  const version = answer?.text.match(/build: (\S+)/)?.[1] ?? 'of unknown version'
  const found = `${version}: ${tools.join(', ')}`
  if (asked === 'rpicam-vid') return [{ ...base, state: 'well', found }]
  // find.ts asks rpicam-vid only
  const effect = `${found}; without rpicam-vid, cameras are not found by themselves`
  return [{ ...base, state: 'notice', found: effect, mend }]
}
