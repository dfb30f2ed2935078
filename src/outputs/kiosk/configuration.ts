import { isText, listOf, nullable, shape } from '../client/guards.js'
import type { ConfigurationStatus } from '../controls.js'
import { askRole } from './access.js'
import { ask } from './ask.js'
import { setText } from './dom.js'

/** The file is read again when it changes, which is seldom. */
const EVERY_MS = 30_000
/** As long as a sentence can be read. */
const REFUSAL_MS = 10_000

const isConfiguration = shape<ConfigurationStatus>({
  file: nullable(isText),
  loadedAt: isText,
  error: nullable(isText),
  needRestart: listOf(isText),
})

/** "The configuration on the disk is not in force: …"; nothing while all is well. */
function configurationWords({ error, needRestart }: ConfigurationStatus): string {
  if (error !== null) return `The configuration on the disk is not in force: ${error}`
  if (needRestart.length === 0) return ''
  return `Changed in the configuration, in force after a restart: ${needRestart.join(', ')}`
}

/** The line over the cameras: what is wrong with the configuration on the disk, and for a while what was refused. */
export type Banner = (refusal: string) => void

export function createBanner(banner: HTMLElement, signal: AbortSignal): Banner {
  let standing = { words: '', isWrong: false }
  let refusal = ''
  let forgetting: ReturnType<typeof setTimeout> | undefined

  function show(): void {
    const words = refusal || standing.words
    setText(banner, words)
    banner.hidden = words === ''
    banner.classList.toggle('wrong', refusal !== '' || standing.isWrong)
  }

  function say(words: string): void {
    clearTimeout(forgetting)
    refusal = words
    if (refusal !== '') forgetting = setTimeout(() => say(''), REFUSAL_MS)
    show()
  }

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      // a viewer would only be refused
      if (!document.hidden && (await askRole(signal)) !== 'viewer') {
        const answer = await ask('/api/configuration', isConfiguration, signal)
        if (answer === 'missing') return
        if (answer !== 'unreachable') {
          standing = { words: configurationWords(answer), isWrong: answer.error !== null }
          show()
        }
      }
      await new Promise(resolve => setTimeout(resolve, EVERY_MS))
    }
  }

  void watch()
  return say
}
