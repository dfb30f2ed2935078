/** Which part of a frame's way a sampled line of code belongs to. */

/** In the order of a frame's way; the first pattern that a file or function matches counts. */
export const STAGES = [
  { name: 'capture pipe', files: /src\/(camera|lib\/child)/ },
  { name: 'split', files: /src\/frame\/(.*splitter|flv|jpeg-header)/ },
  { name: 'queue', files: /src\/frame\/mailbox/ },
  { name: 'hand-over', files: /src\/cascade\/(cascade|worker|staging|turns|protocol)\./ },
  { name: 'decode', functions: /^unpack$/, files: /src\/frame\/image|sharp/ },
  { name: 'resize', files: /src\/frame\/(view|resize|yuv|pixels)\./ },
  { name: 'gate', files: /src\/(frame\/thumbnail|cascade\/gate)/ },
  { name: 'networks', files: /onnxruntime|src\/cascade\/(session|stages|input|engine)\./ },
  { name: 'boxes, NMS', files: /src\/cascade\/(decode\/|suppress)|src\/lib\/box/ },
  { name: 'policy, tracking', files: /src\/cascade\// },
  { name: 'events', files: /src\/events\// },
  { name: 'result, energy', files: /src\/(pipeline|power\/|service\/|metrics\/|lib\/)/ },
  { name: 'serialise, fan-out', files: /src\/outputs\/|node_modules\/(ws|hono|@hono)/ },
]

export const COLLECTOR = 'garbage collection'
/** Streams, timers and messages between threads, where no code of ours has called it. */
export const NODE = "Node's own"

function stageOf({ functionName, url }) {
  if (functionName === '(garbage collector)') return COLLECTOR
  return STAGES.find(
    ({ functions, files }) => functions?.test(functionName) || (url !== '' && files.test(url)),
  )?.name
}

/** Of the probe itself. */
const isOwn = ({ functionName, url }) =>
  url.includes('scripts/bench/frame') || (functionName === 'dispatch' && url === '')

/**
 * Microseconds by stage of one thread: each sample belongs to the innermost function that has a stage, so that native code counts for who
 * called it, and Node's own for who uses it only where nobody of ours does.
 */
export function timesOf({ nodes, samples, timeDeltas }) {
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map(child => [child, id])),
  )
  const byId = new Map(nodes.map(node => [node.id, node]))
  const known = new Map()
  function stageOfNode(id) {
    if (id === undefined) return NODE
    const found = known.get(id) ?? stageOf(byId.get(id).callFrame) ?? stageOfNode(parents.get(id))
    known.set(id, found)
    return found
  }
  const times = {}
  for (const [i, id] of samples.entries()) {
    const { callFrame } = byId.get(id)
    if (callFrame.functionName === '(idle)' || isOwn(callFrame)) continue
    const stage = stageOfNode(id)
    times[stage] = (times[stage] ?? 0) + timeDeltas[i]
  }
  return times
}

/** Bytes allocated by stage. */
export function bytesOf({ head }) {
  const bytes = {}
  function walk({ callFrame, selfSize, children }, inherited) {
    const stage = stageOf(callFrame) ?? inherited
    bytes[stage] = (bytes[stage] ?? 0) + selfSize
    for (const child of children) walk(child, stage)
  }
  walk(head, NODE)
  return bytes
}
