import type { Finding, Surroundings } from './finding.js'

/** What package.json asks for. */
export const NODE_NEEDED = '20.9'
/** What ONNX Runtime is built for. */
const ARCHITECTURES = ['x64', 'arm64']

/** Operating system and Node. */
export async function checkSystem({ sysfs, node }: Surroundings): Promise<Finding[]> {
  const release = (await sysfs.text('etc/os-release')) ?? ''
  const name = /^PRETTY_NAME="?(.*?)"?$/m.exec(release)?.[1] ?? 'unknown system'
  const kernel = (await sysfs.text('proc/sys/kernel/osrelease')) ?? 'unknown'
  const found = `${name}, Linux ${kernel}`
  const details = { system: name, kernel }
  return [{ subject: 'system', state: 'well', essential: false, found, details }, runtime(node)]
}

function runtime({ version, arch }: Surroundings['node']): Finding {
  const found = `Node.js ${version} for ${arch}`
  const base = { subject: 'node', essential: true, found, details: { version, arch } }
  if (isOlder(version, NODE_NEEDED)) {
    const mend = `Install Node.js ${NODE_NEEDED} or newer, for instance from nodesource.com.`
    return { ...base, state: 'missing', mend }
  }
  if (!ARCHITECTURES.includes(arch)) {
    const mend = 'Install a 64-bit system: ONNX Runtime has no build for this one.'
    return { ...base, state: 'missing', mend }
  }
  return { ...base, state: 'well' }
}

function isOlder(version: string, needed: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number)
  return major < neededMajor || (major === neededMajor && minor < neededMinor)
}
