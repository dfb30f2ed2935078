import { part, setText } from './dom.js'
import { duration, megabytes } from './numbers.js'
import type { Stats, StatsTrouble } from './stats.js'

export interface Chrome {
  showStats(answer: Stats | StatsTrouble): void
  /** Words over the whole page, for as long as there is no camera to say them on. */
  showWaiting(title: string, detail: string): void
  hideWaiting(): void
}

/** Header, footer and what is said when there is no camera to show. */
export function createChrome(): Chrome {
  const text = (name: string): HTMLElement => part(document, name, HTMLElement)
  const scout = text('scout-model')
  const expert = text('expert-model')
  const board = text('board')
  const health = text('health')
  const below = text('facts-below')
  const page = text('page-notice')
  const title = text('page-notice-title')
  const detail = text('page-notice-detail')
  let locked = false

  function say(newTitle: string, newDetail: string): void {
    page.hidden = false
    setText(title, newTitle)
    setText(detail, newDetail)
  }

  function showStats(answer: Stats | StatsTrouble): void {
    if (answer === 'unauthorized') {
      locked = true
      say('A token is needed', 'open /?token=… once on this screen, with the token of the service')
      return
    }
    if (locked && answer !== 'unreachable') {
      locked = false
      page.hidden = true
    }
    if (answer === 'foreign') setText(health, 'the statistics are of another version: reload')
    if (typeof answer === 'string') return
    setText(scout, answer.models.scout ?? 'no scout')
    setText(expert, answer.models.expert ?? 'no expert')
    setText(board, answer.power.board)
    setText(
      below,
      [answer.models.scout, answer.models.expert, answer.power.board].filter(Boolean).join('  ·  '),
    )
    const up = `up ${duration(answer.uptimeSeconds * 1000)}`
    const memory = `${megabytes(answer.runtime.rssBytes)} memory`
    setText(health, `squint ${answer.version}  ·  ${up}  ·  ${memory}`)
  }

  return {
    showStats,
    showWaiting(newTitle, newDetail) {
      if (!locked) say(newTitle, newDetail)
    },
    hideWaiting() {
      if (!locked) page.hidden = true
    },
  }
}
