import type { PictureReport } from '../power/picture-report.js'

/** What `detect` says of one file. */
export type FileReport =
  | (PictureReport & { readonly file: string })
  | { readonly file: string; readonly error: { readonly code: string; readonly message: string } }

/** A report for people: a line for the file, and one for each detection with its box in pixels. */
export function tableOf(report: FileReport): string {
  if ('error' in report) return `${report.file}\n  ${report.error.code}: ${report.error.message}\n`
  const { file, frame, exit, detections, timingsMs, energyMj } = report
  const cost = `${timingsMs.total.toFixed(1)} ms, ${energyMj.total.toFixed(0)} mJ (${energyMj.method} ±${Math.round(energyMj.uncertainty * 100)} %)`
  const head = `${file}  ${frame.width}x${frame.height}  ${exit.stage}/${exit.reason}  ${cost}\n`
  const rows = detections.map(({ label, score, box }) => {
    const [x, y, width, height] = [
      box.x * frame.width,
      box.y * frame.height,
      box.width * frame.width,
      box.height * frame.height,
    ].map(pixels => String(Math.round(pixels)).padStart(5))
    return `  ${label.padEnd(16)} ${score.toFixed(2)}  x${x} y${y} w${width} h${height}\n`
  })
  return head + (rows.join('') || '  nothing\n')
}
