import type { ChildEnd } from '../lib/child.js'
import { SquintError } from '../lib/errors.js'
import { maskUrls } from '../lib/mask.js'

/** CAMERA_FAILED for a tool that ended although it should have gone on, with its last words. */
export function toolFailure(tool: string, end: ChildEnd): SquintError {
  const words = maskUrls(end.stderr.join(' | ')) || 'it said nothing'
  return new SquintError('CAMERA_FAILED', `${tool} ended with exit code ${end.code}: ${words}`)
}
