/** Votes fade by this factor per look: some hundred looks are remembered. */
const MEMORY = 0.99
/** Another label must lead by this factor, and by half a vote, to be believed instead. */
const FACTOR = 1.5
const HEAD_START = 0.5

/** What an object is called that networks call by several names. */
export interface LabelVotes {
  /** A network has looked. @param score 0..1 @returns the label that is believed */
  add(label: string, score: number): string
}

/**
 * The first label is believed until another has clearly more votes, so that two that alternate change nothing, however long.
 */
export function createLabelVotes(): LabelVotes {
  const votes = new Map<string, number>()
  let believed: string | undefined
  return {
    add(label, score) {
      believed ??= label
      for (const [name, count] of votes) votes.set(name, count * MEMORY)
      const count = (votes.get(label) ?? 0) + score
      votes.set(label, count)
      if (count > FACTOR * votes.get(believed)! + HEAD_START) believed = label
      return believed
    },
  }
}
