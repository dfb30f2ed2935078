import { isText, listOf, nullable, shape } from '../client/guards.js'
import type { ConfigurationStatus } from '../controls.js'
import { ask } from './ask.js'
import { setText } from './dom.js'

/** The file is read again when it changes, which is seldom. */
const EVERY_MS = 30_000

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

/** Says in a line over the cameras what is wrong with the configuration on the disk. */
export async function watchConfiguration(banner: HTMLElement, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (!document.hidden) {
      const answer = await ask('/api/configuration', isConfiguration, signal)
      if (answer === 'missing') return
      if (answer !== 'unreachable') {
        const words = configurationWords(answer)
        setText(banner, words)
        banner.hidden = words === ''
        banner.classList.toggle('wrong', answer.error !== null)
      }
    }
    await new Promise(resolve => setTimeout(resolve, EVERY_MS))
  }
}
