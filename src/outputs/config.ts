import { z } from 'zod'

const LOOPBACK = ['127.0.0.1', '::1', 'localhost']
const NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i

export const serverSchema = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.int().min(0).max(65535).default(8080),
    /** Asked of every client if given; needed to listen beyond this machine. Whoever has it may do everything. */
    token: z.string().min(16).max(200).optional(),
    /** Whoever has this one may look, and change nothing. */
    viewerToken: z.string().min(16).max(200).optional(),
    /** Names by which clients call the service, besides addresses, localhost, the machine's own name and `host`. */
    hosts: z
      .array(z.string().regex(NAME, 'expected a name without scheme and port'))
      .max(32)
      .default([]),
    /** PEM files; left out: no TLS. */
    tls: z.strictObject({ certificate: z.string().min(1), key: z.string().min(1) }).optional(),
    /** Largest upload. */
    maxBodyBytes: z
      .int()
      .min(1 << 10)
      .max(64 << 20)
      .default(16 << 20),
    /** Live pictures made from raw frames are at most so wide. */
    liveWidth: z.int().min(160).max(1920).default(960),
    /** JPEG quality of live pictures made from raw frames. */
    liveQuality: z.int().min(20).max(95).default(75),
  })
  .refine(({ host, token }) => LOOPBACK.includes(host) || token !== undefined, {
    path: ['token'],
    message:
      'expected a token of at least 16 characters to listen beyond 127.0.0.1, found none; squint token makes one',
  })
  .refine(({ token, viewerToken }) => viewerToken === undefined || token !== undefined, {
    path: ['token'],
    message: 'expected a token beside viewerToken, found none: without it everybody is an admin',
  })
  .refine(({ token, viewerToken }) => viewerToken === undefined || token !== viewerToken, {
    path: ['viewerToken'],
    message: 'expected another than token, found the same',
  })

export type ServerConfig = z.infer<typeof serverSchema>
