import type { EnergyMethod, Scope } from '../../power/energy.js'
import type { BoardStats, IdleStats, MeterStats, PowerStats } from './power-stats.js'

/** "modelled ±70 %": no number of energy is shown without it. */
export function methodWords(method: EnergyMethod, uncertainty: number): string {
  return `${method} ±${Math.round(uncertainty * 100)} %`
}

const SCOPES: { readonly [S in Scope]: string } = {
  board: 'whole board',
  soc: 'chip alone',
  process: 'work of squint alone',
}

/** "pmic, whole board": whose watts these are, or that there are none. */
export function meterWords({ name, scope, state }: MeterStats): string {
  return state === 'silent' ? `${name} is silent` : `${name}, ${SCOPES[scope]}`
}

/** "figures are modelled: no answer" where a meter is silent; otherwise what the watts above idle are counted over. */
export function scopeWords({ method, scope, idle, meter }: PowerStats): string {
  if (meter?.state === 'silent') {
    // For a moment the last figures are still those of the meter.
    const instead = method === 'measured' ? '' : `figures are ${method}`
    return [instead, meter.reason ?? ''].filter(Boolean).join(': ')
  }
  const over = scope === undefined ? '' : `counted over the ${SCOPES[scope]}`
  return [over, idle ? idleWords(idle) : ''].filter(Boolean).join(', ')
}

/** "idle 2.41 ±0.05 W", with spaces that do not break. */
function idleWords({ watts, uncertainty }: IdleStats): string {
  return `idle ${watts.toFixed(2)} ±${uncertainty.toFixed(2)} W`.replaceAll(' ', '\u00a0')
}

/** "battery about 11 h"; nothing if that is not known. */
export function batteryWords(hours: number | null | undefined): string {
  if (hours === null || hours === undefined) return ''
  if (hours < 1) return `battery about ${Math.round(hours * 60)} min`
  if (hours < 48) return `battery about ${hours.toFixed(hours < 9.95 ? 1 : 0)} h`
  return `battery about ${Math.round(hours / 24)} days`
}

/** "52 °C". */
export function temperatureWords(board: BoardStats | undefined): string {
  return typeof board?.celsius === 'number' ? `${Math.round(board.celsius)} °C` : ''
}

/** "under-voltage", also of the past; nothing if the board cannot tell. */
export function underVoltageWords(board: BoardStats | undefined): string {
  const { now, ever } = board?.underVoltage ?? {}
  if (now) return 'under-voltage'
  return ever ? 'under-voltage before' : ''
}

/** What stands beside a saved share. */
export function savedWords(share: number | null, distinguishable: boolean | null): string {
  if (distinguishable === false) return 'not distinguishable from the expert on every frame'
  if (share === null) return 'saved: not known until the expert has run'
  return share < 0 ? 'more than the expert on every frame' : 'less than the expert on every frame'
}
