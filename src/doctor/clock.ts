import { ask } from './ask.js'
import type { Finding, Surroundings } from './finding.js'

/** Most boards have no clock that runs without power: theirs is right only once it is synchronised. */
export async function checkClock(surroundings: Surroundings): Promise<Finding[]> {
  const base = { subject: 'clock', essential: false }
  switch (await isSynchronised(surroundings)) {
    case true:
      return [{ ...base, state: 'well', found: 'synchronised with the network' }]
    case false:
      return [
        {
          ...base,
          state: 'notice',
          found: 'not synchronised: results may bear wrong times',
          mend: 'sudo timedatectl set-ntp true',
        },
      ]
    default: {
      const found = 'whether it is synchronised is unknown: no systemd'
      return [{ ...base, state: 'notice', found, mend: 'date --utc   # is it right?' }]
    }
  }
}

async function isSynchronised(surroundings: Surroundings): Promise<boolean | undefined> {
  const args = ['show', '-p', 'NTPSynchronized', '--value']
  const answer = await ask('timedatectl', args, surroundings)
  if (answer?.text === 'yes') return true
  if (answer?.text === 'no') return false
  const mark = await surroundings.sysfs.text('run/systemd/timesync/synchronized')
  return mark === undefined ? undefined : true
}
