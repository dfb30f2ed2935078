import { z } from 'zod'

const share = z.number().min(0).max(1)

/** At least a triangle; more corners than anybody draws by hand would only cost time. */
export const polygonSchema = z
  .array(z.tuple([share, share]).readonly())
  .min(3)
  .max(64)
  .readonly()

export const zoneSchema = z.strictObject({
  /** Names the zone in results, events, URLs and topics. */
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'expected a-z, 0-9, _ and -, at most 40'),
  polygon: polygonSchema,
  /** Left out: all. */
  labels: z.array(z.string().min(1).max(60)).min(1).max(100).readonly().optional(),
  /** How long an object must stand in it to count. */
  minSeconds: z.number().min(0).max(600).default(0),
})

function namedOnce(
  { zones }: { readonly zones: readonly { readonly name: string }[] },
  context: z.core.$RefinementCtx,
): void {
  const names = zones.map(({ name }) => name)
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) return
    const message = `expected a name that no other zone has, found "${name}" again`
    context.addIssue({ code: 'custom', path: ['zones', index, 'name'], message })
  })
}

/** What is drawn on one camera's picture: in the configuration, or on the page. */
export const drawingSchema = z
  .strictObject({
    zones: z.array(zoneSchema).max(32).readonly().default([]),
    masks: z.array(polygonSchema).max(32).readonly().default([]),
  })
  .superRefine(namedOnce)

const rule = z.strictObject({
  /** Lowest score, 0..1, that an object must once have had. */
  minScore: share.default(0),
  /** How long it must be in view. */
  minSeconds: z.number().min(0).max(600).default(0.5),
  /** Share of the picture that its box must cover at least, and at most. */
  minArea: share.default(0),
  maxArea: share.default(1),
})

/** What moves by itself; furniture would make one endless event each. */
const LIVELY = [
  ...['person', 'bicycle', 'car', 'motorcycle', 'bus', 'train', 'truck', 'boat', 'airplane'],
  ...['bird', 'cat', 'dog', 'horse', 'sheep', 'cow', 'bear'],
]

/** Which labels make events, and what each must fulfil. */
const labels = z.record(z.string().min(1).max(60), rule)

export const eventsSchema = z.strictObject({
  labels: labels.prefault(Object.fromEntries(LIVELY.map(label => [label, {}]))),
  /** An object that has not left its place for so long is stationary. */
  stationarySeconds: z.number().min(1).max(3600).default(10),
  /** An object that is out of view for so long has gone. */
  endSeconds: z.number().min(0.2).max(60).default(2),
  /** A camera that gives no result for so long ends its events. */
  silentSeconds: z.number().min(5).max(3600).default(30),
  /** Besides what changes its state, a lasting event is told of this often. */
  updateSeconds: z.number().min(1).max(3600).default(5),
  /** Of single cameras, by id. */
  cameras: z
    .record(
      z.string(),
      z
        .strictObject({
          ...drawingSchema.shape,
          /** Instead of those above. */
          labels: labels.optional(),
        })
        .superRefine(namedOnce),
    )
    .default({}),
  journal: z
    .strictObject({
      /** Left out: `events` in the state folder. */
      folder: z.string().min(1).max(4096).optional(),
      /** The oldest are forgotten beyond any of these. */
      maxEvents: z.int().min(10).max(1_000_000).default(10_000),
      maxMegabytes: z.number().min(1).max(1_000_000).default(500),
      maxDays: z.number().min(0.01).max(3650).default(30),
      /** JPEG pictures of events; without them the journal keeps words and numbers. */
      snapshots: z.boolean().default(true),
    })
    .prefault({}),
})

export type EventsConfig = z.infer<typeof eventsSchema>
/** What an object of a label must fulfil to make an event. */
export type LabelRule = z.infer<typeof rule>
