import { part, setText } from './dom.js'
import { watts } from './numbers.js'
import type { BoardStats, PowerStats } from './power-stats.js'
import {
  batteryWords,
  meterWords,
  methodWords,
  scopeWords,
  temperatureWords,
  underVoltageWords,
} from './power-words.js'

/** Shows what is drawn now, how that is known and how the board fares. */
export type PowerNow = (power: PowerStats | undefined, board: BoardStats | undefined) => void

export function createPowerNow(root: Element): PowerNow {
  const text = (name: string): HTMLElement => part(root, name, HTMLElement)
  const meter = text('meter')
  const meterWatts = text('meter-watts')
  const meterName = text('meter-name')
  const workWatts = text('work-watts')
  const workWords = text('work-words')
  const workMethod = text('work-method')
  const scope = text('power-scope')
  const temperature = text('temperature')
  const underVoltage = text('under-voltage')
  const throttled = text('throttled')
  const battery = text('battery')

  return (power, board) => {
    // Without an answer its place stays reserved.
    if (power) meter.hidden = !power.meter
    setText(meterWatts, watts(power?.meter?.reading?.watts))
    if (power?.meter) setText(meterName, meterWords(power.meter))
    setText(workWatts, watts(power?.watts))
    setText(workWords, power ? 'above idle,' : 'above idle')
    setText(workMethod, power ? methodWords(power.method, power.uncertainty) : '')
    setText(scope, power ? scopeWords(power) : '')
    root.classList.toggle('silent', power?.meter?.state === 'silent')
    setText(temperature, temperatureWords(board))
    setText(underVoltage, underVoltageWords(board))
    setText(throttled, board?.throttled ? 'throttled' : '')
    setText(battery, batteryWords(power?.batteryHours))
  }
}
