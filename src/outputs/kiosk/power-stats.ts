import type { BoardState } from '../../power/board/board-state.js'
import type { EnergyMethod, IdlePower, Scope } from '../../power/energy.js'
import { isFlag, isNumber, isText, nullable, oneOf, optional, shape } from '../client/guards.js'

/** What the page needs of a meter's status. */
export interface MeterStats {
  readonly name: string
  readonly scope: Scope
  readonly state: 'answering' | 'silent'
  /** Watts of all that it sees; null while silent. */
  readonly reading: { readonly watts: number } | null
  /** Why it is silent. */
  readonly reason: string | null
}

export type IdleStats = Pick<IdlePower, 'watts' | 'uncertainty'>

/** What older services do not tell is undefined. */
export interface PowerStats {
  readonly board: string
  readonly method: EnergyMethod
  readonly uncertainty: number
  /** Above idle, mean of the last seconds. */
  readonly watts: number | null
  readonly scope: Scope | undefined
  readonly idle: IdleStats | null | undefined
  readonly meter: MeterStats | null | undefined
  readonly batteryHours: number | null | undefined
}

export type BoardStats = Pick<BoardState, 'celsius' | 'throttled' | 'underVoltage'>

const isMethod = oneOf<EnergyMethod>({ measured: true, calibrated: true, modelled: true })
const isScope = oneOf<Scope>({ board: true, soc: true, process: true })

export const isPower = shape<PowerStats>({
  board: isText,
  method: isMethod,
  uncertainty: isNumber,
  watts: nullable(isNumber),
  scope: optional(isScope),
  idle: optional(nullable(shape<IdleStats>({ watts: isNumber, uncertainty: isNumber }))),
  meter: optional(
    nullable(
      shape<MeterStats>({
        name: isText,
        scope: isScope,
        state: oneOf<MeterStats['state']>({ answering: true, silent: true }),
        reading: nullable(shape({ watts: isNumber })),
        reason: nullable(isText),
      }),
    ),
  ),
  batteryHours: optional(nullable(isNumber)),
})

export const isBoard = shape<BoardStats>({
  celsius: nullable(isNumber),
  throttled: nullable(isFlag),
  underVoltage: shape<BoardStats['underVoltage']>({
    now: nullable(isFlag),
    ever: nullable(isFlag),
  }),
})
