import { readFile } from 'node:fs/promises'
import { parse, YAMLParseError } from 'yaml'
import { messageOf, SquintError } from '../lib/errors.js'
import { explain } from '../lib/explain.js'
import { maskUrls, urlLabel } from '../lib/mask.js'
import { type Config, configSchema } from './schema.js'

/** No hand-written configuration comes near it. */
const MAX_BYTES = 64 << 10

/** What the command line says over the file. */
export interface Overrides {
  readonly host?: string
  readonly port?: number
}

/** Reads, merges and checks the configuration. Rejects with CONFIG_INVALID in one line that names file and field. */
export async function loadConfig(path: string | undefined, overrides: Overrides): Promise<Config> {
  const written = path === undefined ? {} : await readYaml(path)
  return parseConfig(written, overrides, path ?? 'command line')
}

/** @param written what the file holds; @param source what to call it in errors */
export function parseConfig(written: unknown, overrides: Overrides, source: string): Config {
  const input = merge(written, overrides)
  const parsed = configSchema.safeParse(input)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new SquintError('CONFIG_INVALID', `${source}: ${explain(issue!, configSchema, input)}`)
}

async function readYaml(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new SquintError(
      'CONFIG_INVALID',
      `--config: expected a readable file, found ${messageOf(error)}`,
    )
  })
  if (text.length > MAX_BYTES) {
    throw new SquintError(
      'CONFIG_INVALID',
      `${path}: expected at most ${MAX_BYTES} bytes, found ${text.length}`,
    )
  }
  // one that is being written, or was lost when the disk was full, must not take zones, masks and budget away
  if (text.trim() === '') {
    throw new SquintError(
      'CONFIG_INVALID',
      `${path}: expected YAML, found an empty file; a comment (#) is enough to mean the defaults`,
    )
  }
  try {
    // aliases could blow a small file up
    // what it warns of would be printed beside the log, with what was written
    return parse(text, { maxAliasCount: 0, prettyErrors: true, logLevel: 'error' }) ?? {}
  } catch (error) {
    throw new SquintError('CONFIG_INVALID', `${path}: expected YAML, found ${placeOf(error)}`)
  }
}

/** Where the text stops being YAML, and why, in words that quote nothing of it: passwords have special characters. */
function placeOf(error: unknown): string {
  if (!(error instanceof YAMLParseError)) return 'an alias (*) or too many brackets'
  const { line, col } = error.linePos![0]
  return `${error.code.toLowerCase().replaceAll('_', ' ')} at line ${line}, column ${col}`
}

function merge(written: unknown, overrides: Overrides): unknown {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return written
  if (Object.keys(overrides).length === 0) return written
  const { server, ...rest } = written as Record<string, unknown>
  return { ...rest, server: { ...Object(server), ...overrides } }
}

/** The configuration as it may be shown: tokens, passwords, secrets and whatever addresses hold are masked. */
export function masked(config: Config): unknown {
  const { server, cameras, cascade, mqtt, webhooks, ...rest } = config
  const { expert } = cascade
  return {
    ...rest,
    cascade:
      typeof expert === 'object' && expert.token !== undefined
        ? { ...cascade, expert: { ...expert, token: '***' } }
        : cascade,
    ...(mqtt !== undefined && {
      mqtt: {
        ...mqtt,
        url: urlLabel(new URL(mqtt.url)),
        ...(mqtt.password !== undefined && { password: '***' }),
      },
    }),
    webhooks: webhooks.map(({ url, ...webhook }) => ({
      ...webhook,
      // a webhook's path is often its key
      url: new URL(url).origin,
      ...(webhook.secret !== undefined && { secret: '***' }),
    })),
    server: {
      ...server,
      ...(server.token !== undefined && { token: '***' }),
      ...(server.viewerToken !== undefined && { viewerToken: '***' }),
    },
    cameras: cameras.map(camera =>
      camera.type === 'ffmpeg' ? { ...camera, input: maskUrls(camera.input) } : camera,
    ),
  }
}
