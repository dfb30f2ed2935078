import type { FlvTag } from '../frame/flv.js'

/** About 20 s at 25 pictures per second. Beyond that key frames come too seldom to be all that is seen of a scene. */
const HELD_UNITS = 512
const HELD_BYTES = 16 << 20
/** What a decoder may leave unread; the units that were held fit. */
const WAITING_BYTES = 2 * HELD_BYTES

/** Where access units are decoded. */
export interface Decoder {
  /** Begins with a decoder that knows nothing yet; what the one before still holds is thrown away. */
  renew(): void
  /** Decodes an access unit, and gives its picture out if it is to be `shown`. Never blocks. */
  decode(unit: FlvTag, shown: boolean): void
  /** Gives out the picture of this key frame now and not after its successors. Only for a decoder that was given nothing but key frames. */
  flush(key: FlvTag): void
  /** Bytes given and not read yet. */
  readonly waiting: number
}

export interface ThinnerOptions {
  readonly decoder: Decoder
  /** Whether another picture is to be shown now, for a limit on their rate. */
  readonly due: () => boolean
  /** Told about every access unit that had to be thrown away, with the reason. */
  readonly lost: (reason: string) => void
  /** Whether the scene is quiet already. */
  readonly quiet: boolean
}

/** Decides which access units of a stream are decoded, and which of their pictures are shown. */
export interface Thinner {
  push(unit: FlvTag): void
  /** Takes effect at once. */
  rest(quiet: boolean): void
  /** Whether access units are being left out. */
  readonly resting: boolean
}

/**
 * Leaves out everything between key frames while the scene is quiet. What was left out since the last key frame is held: as soon as
 * the scene is not quiet any more it is decoded, of its pictures the last one is shown, and those that follow come at full rate.
 * Where more than HELD_UNITS or HELD_BYTES would be held, everything is decoded until the next key frame, quiet or not.
 * A decoder that does not keep up misses what comes before the next key frame.
 */
export function thinner(options: ThinnerOptions): Thinner {
  const { decoder, due, lost } = options
  let { quiet } = options
  /** `blind`: nothing can be decoded before the next key frame. */
  let state: 'new' | 'awake' | 'resting' | 'blind' = 'new'
  let held: FlvTag[] = []
  let heldBytes = 0
  /** Whether the decoder has had nothing but key frames, each flushed. */
  let flushed = false

  function decode(unit: FlvTag, shown: boolean): void {
    if (decoder.waiting <= WAITING_BYTES) decoder.decode(unit, shown)
    else miss()
  }

  function miss(): void {
    state = 'blind'
    lost('access unit dropped: the decoder does not keep up')
  }

  function hold(unit: FlvTag): void {
    held.push(unit)
    heldBytes += unit.data.length
    if (held.length > HELD_UNITS || heldBytes > HELD_BYTES) wake()
  }

  function release(): FlvTag[] {
    const units = held
    held = []
    heldBytes = 0
    return units
  }

  function wake(): void {
    state = 'awake'
    flushed = false
    const units = release()
    for (const unit of units) decode(unit, unit === units.at(-1))
  }

  function restOn(key: FlvTag): void {
    state = 'resting'
    if (due()) {
      if (!flushed) decoder.renew()
      flushed = true
      decode(key, true)
      decoder.flush(key)
    } else hold(key)
  }

  return {
    push(unit) {
      const key = unit.kind === 'key'
      if (state === 'new') {
        // Whatever comes first is tried: some streams have no key frame at all.
        decoder.renew()
        flushed = true
        state = 'awake'
      }
      if (key) release()
      if (key && quiet) restOn(unit)
      else if (state === 'resting') hold(unit)
      else if (key || state === 'awake') {
        state = 'awake'
        flushed = false
        decode(unit, due())
      } else miss()
    },
    rest(now) {
      quiet = now
      if (quiet && state === 'awake') state = 'resting'
      else if (!quiet && state === 'resting') wake()
    },
    get resting() {
      return state === 'resting'
    },
  }
}
