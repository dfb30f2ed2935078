import { type Logger, pino } from 'pino'
import { codeOf, messageOf } from './errors.js'

export type Log = Logger
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** JSON lines on stderr, so that stdout stays free for what a command prints. Written at once: a crash loses nothing. */
export function createLog(level: LogLevel): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  )
}

/** Logs an error, with its code, under what it meant. */
export function warn(log: Pick<Log, 'warn'>, meaning: string) {
  return (error: unknown, fields: object = {}): void => {
    log.warn({ ...fields, code: codeOf(error), error: messageOf(error) }, meaning)
  }
}
