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
  const { method, uncertainty } = energy.knowledge()
  const front = paretoOf(trials)
  const number = { align: 'right' } as const
  const table = markdownTable(
    [
      { title: 'policy' },
      { title: 'mJ per frame', ...number },
      { title: 'agreement', ...number },
      { title: 'held out: mJ per frame', ...number },
      { title: 'held out: agreement', ...number },
    ],
    [start, ...front.filter(trial => trial !== start)].map(trial => [
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
    `**${basename(path)}**: ${recording.frames.length} frames at ${recording.fps} per second, ${trials.length} policies tried. ${machine}. Energy is ${method}, ±${percentText(uncertainty, 0)}.`,
    'Agreement: of all objects that the policy showed or that the expert sees, frame by frame, those that are both. Searched on the first two thirds of the recording; the last third was held out: it says what to expect of tomorrow.',
    reached
      ? `Asked for ${percentText(agreement)} agreement: ${comparisonOf(best, start)}.`
      : `Asked for ${percentText(agreement)} agreement, which no policy reached: the chosen one comes nearest.`,
    'The start, and the best policies by what they cost (as changes to the start):',
  ].join('\n\n')
  const yaml = [
    `# Tuned on ${basename(path)} (${recording.frames.length} frames) for at least ${percentText(agreement)} agreement with the expert:`,
    `# ${best.searched.millijoules.toFixed(2)} mJ per frame (${method}), ${percentText(best.searched.agreement)}; held out: ${best.heldOut.millijoules.toFixed(2)} mJ, ${percentText(best.heldOut.agreement)}.`,
    stringify(best.policy),
  ].join('\n')
  return {
    json: { machine, frames: recording.frames.length, agreement, reached, best, start, front },
    markdown: `${head}\n\n${table}\nThe chosen policy:\n\n\`\`\`yaml\n${yaml}\`\`\`\n`,
    charts: { tune: chartOf(front, best, start, path) },
    yaml,
  }
}

/** "42.0 % less energy than the policy it began with, which reaches 91.0 %". */
function comparisonOf(best: Trial, start: Trial): string {
  if (best === start) return 'nothing did better than the policy it began with'
  const change = best.searched.millijoules / start.searched.millijoules - 1
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
