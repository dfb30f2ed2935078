import type { Attribution, IdlePower, Knowledge } from '../energy.js'
import { type Draw, differenceOf, energyOf } from './draw.js'

/** What is believed of the board without a meter: published figures, or a calibration. */
export interface Belief {
  /** What this machine calls itself. */
  readonly board: string
  readonly knowledge: Knowledge
  readonly draw: Draw
  readonly idle: IdlePower | null
  /** Processors that each stage keeps busy, in the order of the stages. */
  readonly threads: readonly number[]
}

/** Joules as they are believed to be: where there is no meter, and where nothing may disturb a timing. */
export function attributeByBelief({ board, knowledge, draw, idle }: Belief): Attribution {
  return {
    board,
    knowledge: () => knowledge,
    attribute: timings => energyOf(draw, timings, knowledge),
    compare: (less, more) => differenceOf(draw, less, more),
    idle: () => idle,
    balance: () => null,
  }
}
