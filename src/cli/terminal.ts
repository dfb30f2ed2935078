/** Where a command prints: results to `out`, refusals to `err`. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
}
