import { Counter, Gauge, type Registry } from 'prom-client'

/** The labels and the value of one line of a metric. */
export type Series<Label extends string> = readonly [
  labels: Readonly<Record<Label, string>>,
  value: number,
]

/** Metrics whose values are kept elsewhere, and read at the moment of a scrape. What cannot be told has no line. */
export interface Gauges {
  gauge(name: string, help: string, read: () => number | null): void
  counter(name: string, help: string, read: () => number | null): void
  /** With labels, as many lines as there are. */
  gauges<L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    read: () => readonly Series<L>[],
  ): void
  counters<L extends string>(
    name: string,
    help: string,
    labels: readonly L[],
    read: () => readonly Series<L>[],
  ): void
}

export function createGauges(registry: Registry): Gauges {
  const registers = [registry]
  return {
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          const value = read()
          // without labels the library would tell a zero
          if (value === null) this.remove()
          else this.set(value)
        },
      })
    },
    counter(name, help, read) {
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset()
          const value = read()
          if (value === null) this.remove()
          else this.inc(value)
        },
      })
    },
    gauges(name, help, labelNames, read) {
      new Gauge({
        name,
        help,
        labelNames: [...labelNames],
        registers,
        collect() {
          this.reset()
          for (const [labels, value] of read()) this.set(labels, value)
        },
      })
    },
    counters(name, help, labelNames, read) {
      new Counter({
        name,
        help,
        labelNames: [...labelNames],
        registers,
        collect() {
          this.reset()
          for (const [labels, value] of read()) this.inc(labels, value)
        },
      })
    },
  }
}
