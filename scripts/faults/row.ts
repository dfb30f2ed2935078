/** What was tried, what was found, and whether that is fine. */
export interface Row {
  readonly kind: 'behaviour' | 'cycles' | 'cut off'
  readonly name: string
  readonly fine: boolean
  readonly [found: string]: unknown
}
