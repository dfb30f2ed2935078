import { readFile } from 'node:fs/promises'
import { startCascade } from '../cascade/cascade.js'
import { localOnly } from '../cascade/config.js'
import { networksOf } from '../cascade/zoo.js'
import { loadConfig } from '../config/load.js'
import { codeOf, messageOf, SquintError } from '../lib/errors.js'
import { attributeByBelief } from '../power/attribution/belief.js'
import { believe } from '../power/attribution/believe.js'
import { createBoardReader } from '../power/board/state.js'
import { reportPicture } from '../power/picture-report.js'
import { openSysfs } from '../power/sysfs.js'
import { numberFlag, parseFlags } from './flags.js'
import { type FileReport, tableOf } from './table.js'
import type { Terminal } from './terminal.js'

const HELP = `usage: squint detect FILE... [flags]

  --json            a JSON array, one element per file, instead of a table
  --depth D         auto (the cascade decides), scout or expert; default expert: a still picture is worth a full look
  --min-score S     lowest score to report, 0..1; default: the model's own threshold in the table, and 0.02 in JSON,
                    so that a program can choose for itself
  --config FILE     YAML (docs/configuration.md), for cascade.*
`

/** Below it, scores are noise; evaluation wants all above (the lab's evaluate.py). */
const JSON_MIN_SCORE = 0.02

const DEPTHS = ['auto', 'scout', 'expert'] as const

/** Looks at picture files. Exit code 1 if one of them could not be looked at. */
export async function detectCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals: files } = parseFlags(
    args,
    {
      json: { type: 'boolean', default: false },
      depth: { type: 'string', default: 'expert' },
      'min-score': { type: 'string' },
      config: { type: 'string' },
    },
    true,
  )
  if (values.help) {
    terminal.out(HELP)
    return 0
  }
  const depth = DEPTHS.find(known => known === values.depth)
  if (depth === undefined) {
    throw new SquintError(
      'CONFIG_INVALID',
      `--depth: expected one of ${DEPTHS.join(', ')}, found ${values.depth}`,
    )
  }
  if (files.length === 0)
    throw new SquintError('CONFIG_INVALID', 'FILE: expected at least one picture, found none')
  const asked = values['min-score']
  const floor = asked === undefined ? undefined : numberFlag('min-score', asked, 0, 1)
  const minScore = floor ?? (values.json ? JSON_MIN_SCORE : undefined)

  const config = await loadConfig(values.config, {})
  const sysfs = openSysfs()
  const { belief } = await believe({
    sysfs,
    calibration: config.power.calibration,
    networks: await networksOf(config.cascade),
    threads: config.cascade.threads,
    state: await createBoardReader({ sysfs, signal: AbortSignal.timeout(5000) }).read(),
  })
  const energy = attributeByBelief(belief)
  const cascade = await startCascade(localOnly(config.cascade))
  let failures = 0
  let separator = '['
  for (const file of files) {
    const report = await readFile(file)
      .catch((error: unknown) => {
        throw new SquintError('NOT_FOUND', `expected a readable file, found ${messageOf(error)}`)
      })
      .then(data => cascade.detect(data, { depth, ...(minScore !== undefined && { minScore }) }))
      .then((look): FileReport => ({ file, ...reportPicture(look, energy) }))
      .catch(
        (error: unknown): FileReport => ({
          file,
          error: { code: codeOf(error), message: messageOf(error) },
        }),
      )
    if ('error' in report) failures++
    terminal.out(values.json ? `${separator}\n${JSON.stringify(report)}` : tableOf(report))
    separator = ','
  }
  if (values.json) terminal.out('\n]\n')
  await cascade.close()
  return failures > 0 ? 1 : 0
}
