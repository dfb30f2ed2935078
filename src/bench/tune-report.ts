import { basename } from 'node:path'
import { stringify } from 'yaml'
import type { Policy } from '../cascade/policy.js'
import { chartSvg } from './chart.js'
import { markdownTable } from './markdown.js'
import type { Recording } from './recording.js'
import { percentText, type Report } from './report.js'
import { paretoOf, type Trial, type Tuned } from './tune.js'
import type { Workbench } from './workbench.js'

/** What tuning has found: the curve of the best trials, and the policy as YAML. */
export function tuneReport(
  { best, start, trials }: Tuned,
  recording: Recording,
  path: string,
  agreement: number,
  { machine, energy }: Workbench,
): Report & { readonly charts: { readonly tune: string }; readonly yaml: string } {
  const front = paretoOf(trials)
  const number = { align: 'right' } as const
  const table = markdownTable(
    [
      { title: 'policy' },
      { title: `mJ per frame (${energy.method} ±${100 * energy.uncertainty} %)`, ...number },
      { title: 'agreement', ...number },
      { title: 'held out: mJ', ...number },
      { title: 'agreement', ...number },
    ],
    [start, ...front].map(trial => [
      [trial === start && 'start', trial === best && '**chosen**', changes(trial, start)]
        .filter(Boolean)
        .join(', '),
      trial.searched.millijoules.toFixed(2),
      percentText(trial.searched.agreement),
      trial.heldOut.millijoules.toFixed(2),
      percentText(trial.heldOut.agreement),
    ]),
  )
  const reached = best.searched.agreement >= agreement
  const head = [
    `**${basename(path)}**: ${recording.frames.length} frames at ${recording.fps} per second, ${trials.length} policies tried. ${machine}.`,
    `Searched on the first two thirds; the last third was only looked at.`,
    reached
      ? `Asked for ${percentText(agreement)} agreement: ${comparisonOf(best, start)}.`
      : `Asked for ${percentText(agreement)} agreement, which no policy reached: the chosen one comes nearest.`,
  ].join('\n')
  const yaml = [
    `# Tuned on ${basename(path)} (${recording.frames.length} frames) for at least ${percentText(agreement)} agreement with the expert:`,
    `# ${best.searched.millijoules.toFixed(2)} mJ per frame (${energy.method}), ${percentText(best.searched.agreement)}; held out: ${best.heldOut.millijoules.toFixed(2)} mJ, ${percentText(best.heldOut.agreement)}.`,
    stringify(best.policy),
  ].join('\n')
  return {
    json: { machine, frames: recording.frames.length, agreement, reached, best, start, front },
    markdown: `${head}\n\n${table}`,
    charts: { tune: chartOf(front, best, start, path) },
    yaml,
  }
}

/** "42.0 % less energy than the start". */
function comparisonOf({ searched }: Trial, start: Trial): string {
  const change = searched.millijoules / start.searched.millijoules - 1
  const direction = change > 0 ? 'more' : 'less'
  const agreed = percentText(start.searched.agreement)
  return `${percentText(Math.abs(change))} ${direction} energy than the policy it began with, which reaches ${agreed}`
}

/** "followMs 500, doubt 0.75": what differs from the start. */
function changes({ policy }: Trial, start: Trial): string {
  return (Object.keys(policy) as (keyof Policy)[])
    .filter(setting => policy[setting] !== start.policy[setting])
    .map(setting => `${setting} ${policy[setting]}`)
    .join(', ')
}

function chartOf(front: readonly Trial[], best: Trial, start: Trial, path: string): string {
  const place = ({ searched }: Trial) => ({ x: searched.millijoules, y: searched.agreement })
  return chartSvg({
    title: `${basename(path)}: what agreement costs`,
    x: { label: 'millijoules per frame', include: 0 },
    y: { label: 'agreement with the expert on every frame' },
    series: [
      { kind: 'line', name: 'best policies', points: front.map(place) },
      { kind: 'scatter', points: [{ ...place(start), label: 'start' }] },
      { kind: 'scatter', points: [{ ...place(best), label: 'chosen' }] },
    ],
  })
}
