import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding, Surroundings } from './finding.js'

/** Devices that belong to a group, and what for. */
const DEVICES = [
  { group: 'video', pattern: /^(video|media)\d+$/, purpose: 'cameras' },
  { group: 'i2c', pattern: /^i2c-\d+$/, purpose: 'external meters' },
]

/** May this user open what is plugged in? Nothing is said if so. No device is opened: reading from a bus disturbs it. */
export async function checkGroups({ sysfs, user }: Surroundings): Promise<Finding[]> {
  const folder = join(sysfs.root, 'dev')
  const names = await readdir(folder).catch(() => [])
  const findings: Finding[] = []
  for (const { group, pattern, purpose } of DEVICES) {
    const devices = names.filter(name => pattern.test(name)).sort()
    const closed: string[] = []
    for (const name of devices) {
      if (!(await mayOpen(join(folder, name), user))) closed.push(`/dev/${name}`)
    }
    if (closed.length === 0) continue
    const more = closed.length > 1 ? ` and ${closed.length - 1} more` : ''
    findings.push({
      subject: 'groups',
      state: 'notice',
      essential: false,
      found: `${closed[0]}${more} may not be opened by this user (${purpose})`,
      mend: `sudo usermod -aG ${group} $USER   # then log in again`,
      details: { group, closed },
    })
  }
  return findings
}

async function mayOpen(path: string, user: Surroundings['user']): Promise<boolean> {
  if (user.uid === 0) return true
  // devices belong to root
  const { gid, mode } = await stat(path)
  const shift = user.groups.includes(gid) ? 3 : 0
  return ((mode >> shift) & 0o6) === 0o6
}
