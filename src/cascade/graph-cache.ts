import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeAtomically } from '../lib/atomic-file.js'
import type { Model } from './zoo.js'

/** Networks as the runtime has rewritten them for this processor: at the next start it need not do so again. */
export interface GraphCache {
  /** The rewritten network; undefined if there is none of just this network, runtime and processor. */
  find(model: Model): Promise<Uint8Array | undefined>
  /** Keeps what `write` leaves at the path that it is given. Rejects only as `write` does. */
  keep<T>(model: Model, write: (path: string) => Promise<T>): Promise<T>
}

export interface GraphCacheOptions {
  readonly folder: string
  /** Of the runtime: others may rewrite otherwise. */
  readonly runtime: string
  /** Nothing is lost but time at the next start. */
  onError(error: unknown): void
}

const DIGEST_BYTES = 32

/** One file per model: a digest, then the network. */
export function createGraphCache({ folder, runtime, onError }: GraphCacheOptions): GraphCache {
  const fileOf = ({ name }: Model): string => join(folder, `${name}.graph`)

  /** Of the rewritten network and of all that it depends on, so that a torn or foreign file is none. */
  function digestOf({ sha256 }: Model, graph: Uint8Array): Buffer {
    const { arch } = process
    const made = JSON.stringify([sha256, runtime, arch, cpus()[0]?.model])
    return createHash('sha256').update(made).update(graph).digest()
  }

  async function save(model: Model, path: string): Promise<void> {
    const graph = await readFile(path)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeAtomically(fileOf(model), Buffer.concat([digestOf(model, graph), graph]))
  }

  return {
    async find(model) {
      // whatever cannot be read is made anew, and told if it cannot be kept either
      const kept = await readFile(fileOf(model)).catch(() => Buffer.alloc(0))
      const graph = kept.subarray(DIGEST_BYTES)
      return digestOf(model, graph).equals(kept.subarray(0, DIGEST_BYTES)) ? graph : undefined
    },
    async keep(model, write) {
      const drafts = await mkdtemp(join(tmpdir(), 'squint-graph-'))
      const path = join(drafts, 'graph.onnx')
      try {
        const written = await write(path)
        await save(model, path).catch(onError)
        return written
      } finally {
        await rm(drafts, { recursive: true, force: true })
      }
    },
  }
}
