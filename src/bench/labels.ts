/** A rectangle in pixels, origin top left. */
export interface Area {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A point that gets a text beside it. */
export interface Anchor {
  readonly x: number
  readonly y: number
  readonly text: string
  /** `end`: of a line, whose name stands on the right. */
  readonly kind: 'point' | 'end'
}

export interface PlacedLabel {
  readonly text: string
  /** Where the text begins or ends, on its baseline. */
  readonly x: number
  readonly y: number
  readonly align: 'start' | 'middle' | 'end'
  /** So far from its point that a line should lead there. */
  readonly isFar: boolean
}

/** Height of a line of text, and mean width of a character of a proportional font at that size, in pixels. */
const LINE = 16
const CHARACTER = 7.5
/** From a point to its text. */
const GAP = 9
/** The same where a line may lead there. */
const WIDE_GAP = 14
/** From the baseline up to the middle of the small letters. */
const HALF_LETTER = 4.5

/** Where a text may stand: on which side of its point, and how many lines lower. */
interface Side {
  readonly align: PlacedLabel['align']
  readonly down: number
}

/** Best first. */
const SIDES: Readonly<Record<Anchor['kind'], readonly Side[]>> = {
  point: [
    { align: 'start', down: 0 },
    { align: 'end', down: 0 },
    { align: 'middle', down: -1 },
    { align: 'middle', down: 1 },
    ...[0.8, 1.6, 2.4, 3.2].flatMap((down): Side[] => [
      { align: 'start', down: -down },
      { align: 'start', down },
      { align: 'end', down: -down },
      { align: 'end', down },
    ]),
  ],
  // below each other, in the order of the lines; above only where there is no room below
  end: [0, 1, 2, 3, 4, 5, -1, -2, -3, -4, -5].map(down => ({ align: 'start', down })),
}

/** Pixels that a text takes across, roughly: fonts differ. */
export function textWidth(text: string): number {
  return text.length * CHARACTER
}

/**
 * Puts each text beside its point, inside the bounds and off the obstacles and the other texts where there is room for that.
 * @returns one for each anchor, in their order
 */
export function placeLabels(
  anchors: readonly Anchor[],
  obstacles: readonly Area[],
  bounds: Area,
): PlacedLabel[] {
  const taken = [...obstacles]
  const placed = new Map<Anchor, PlacedLabel>()
  // from the top, so that names of lines that end close together keep the order of the lines
  for (const anchor of [...anchors].sort((a, b) => a.y - b.y)) {
    const spots = SIDES[anchor.kind].map(side => spotFor(anchor, side))
    const free = spots.find(
      ({ area }) => isInside(area, bounds) && !taken.some(other => isOverlap(area, other)),
    )
    const { label, area } = free ?? spots[0]!
    taken.push(area)
    placed.set(anchor, label)
  }
  return anchors.map(anchor => placed.get(anchor)!)
}

function spotFor({ x, y, text, kind }: Anchor, { align, down }: Side) {
  const middle = y + down * LINE
  const width = textWidth(text)
  const isFar = Math.abs(down) > 1
  const gap = isFar || kind === 'end' ? WIDE_GAP : GAP
  const at = align === 'start' ? x + gap : align === 'end' ? x - gap : x
  const left = align === 'start' ? at : align === 'end' ? at - width : at - width / 2
  const label: PlacedLabel = { text, x: at, y: middle + HALF_LETTER, align, isFar }
  const area = { left, right: left + width, top: middle - LINE / 2, bottom: middle + LINE / 2 }
  return { label, area }
}

function isInside(area: Area, bounds: Area): boolean {
  return (
    area.left >= bounds.left &&
    area.right <= bounds.right &&
    area.top >= bounds.top &&
    area.bottom <= bounds.bottom
  )
}

function isOverlap(a: Area, b: Area): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
