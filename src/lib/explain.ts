import { z } from 'zod'
import { keyName } from './key-name.js'
import { maskUrls } from './mask.js'

type Issue = z.core.$ZodIssue
type JsonSchema = z.core.JSONSchema.BaseSchema

/** Characters that are shown of what was found. */
const SHOWN = 80
/** Fields of which nothing is shown, as readers of the log and of `GET /api/configuration` need not know them, and their names in a text. */
const SECRET_FIELD = /^(token|username|password|secret|url|input|remote)$/
const SECRET_TEXT = /token|passw|pwd|secret/i

/**
 * One error in what somebody wrote as one line: the field, what was expected and what was found.
 * @param whole what to call the input itself
 */
export function explain(
  issue: Issue,
  schema: z.ZodType,
  input: unknown,
  whole = 'the file',
): string {
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // of several forms, the one that was meant is the one whose own parts are wrong
    const wrongs = issue.errors.map(([first]) => first!)
    const meant = wrongs.find(({ code, path }) => code !== 'invalid_type' || path.length > 0)
    if (meant !== undefined) {
      return explain({ ...meant, path: [...issue.path, ...meant.path] }, schema, input, whole)
    }
    const forms = wrongs.map(wrong => Object(wrong).expected).join(' or ')
    return `${field(issue.path)}: expected ${forms}${found(issue, input)}`
  }
  if (issue.code === 'unrecognized_keys') {
    const tree = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
    const known = knownKeys(tree, issue.path, input)
    const key = nameOf(keyName(issue.keys[0]!, wordsOf(tree)))
    if (key === '…') {
      return `${field(issue.path) || whole}: expected only the keys ${known.join(', ')}, found another one`
    }
    return `${field([...issue.path, key])}: expected one of the keys ${known.join(', ')}, found "${key}"`
  }
  return `${field(issue.path) || whole}: ${expectation(issue)}${found(issue, input)}`
}

/** `cameras[0].fps` */
function field(path: readonly PropertyKey[]): string {
  const text = path
    .map(key => (typeof key === 'number' ? `[${key}]` : `.${nameOf(String(key))}`))
    .join('')
  return text.replace(/^\./, '')
}

/** Names that somebody may choose are shown as far as they are plain. */
function nameOf(key: string): string {
  const [plain] = /^[\w -]{0,60}/.exec(key)!
  return plain === key ? key : `${plain}…`
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`
    case 'invalid_value':
      return `expected one of ${issue.values.join(', ')}`
    case 'invalid_union':
      return `expected one of ${Object(issue).options.join(', ')}`
    case 'too_small':
      return `expected at least ${issue.minimum}${unit(issue.origin)}`
    case 'too_big':
      return `expected at most ${issue.maximum}${unit(issue.origin)}`
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`
    default:
      // our own messages
      return issue.message
  }
}

const unit = (origin: string): string => (origin === 'string' ? ' characters' : '')

/** Messages of our own say already what was found. */
function found(issue: Issue, input: unknown): string {
  if (issue.code === 'custom') return ''
  const value = valueAt(input, issue.path)
  if (isNoNumber(issue) && typeof value === 'string') return `, found ${beginOfNumber(value)}`
  // what stands where fields were expected may be any of them
  const misplaced = issue.code === 'invalid_type' && /^(object|array|record)$/.test(issue.expected)
  const secret = SECRET_FIELD.test(String(issue.path.at(-1)))
  const told = typeof value === 'string' ? cut(value) : value
  return `, found ${shown(told, secret || (misplaced && isTextOrList(value)))}`
}

const isNoNumber = (issue: Issue): boolean =>
  issue.code === 'invalid_type' && /^(number|boolean)$/.test(issue.expected)

/** Of a text where a number or a switch should stand, only a short word or a number: more may be what a password's line says. */
function beginOfNumber(text: string): string {
  if (/^[\w.+-]{0,12}$/.test(text)) return JSON.stringify(text)
  const [number] = /^[-+]?[\d.]*/.exec(text)!
  return number === '' ? 'a text' : `"${number}…"`
}

/** The begin of a text that should be another: the line below, perhaps a password's, may have run into it. */
function cut(text: string): string {
  const [begin] = /^[^"'\p{Cc}]*/u.exec(text)!
  return begin === text ? text : `${begin}…`
}

const isTextOrList = (value: unknown): boolean => typeof value === 'string' || Array.isArray(value)

/** What was found, in a few characters. Of lists and objects, whose parts may be secret, only that they are; points may be shown. */
function shown(value: unknown, secret: boolean): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value) && value.length === 0) return '[]'
  if (Array.isArray(value) && (secret || !value.flat().every(Number.isFinite))) return '[…]'
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.keys(value).length === 0 ? '{}' : '{…}'
  }
  if (secret || (typeof value === 'string' && SECRET_TEXT.test(value))) return '***'
  const text = JSON.stringify(typeof value === 'string' ? maskUrls(value) : value)
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) value = Object(value)[key]
  return value
}

/** The keys that the object at `path` may have; for a choice of objects, those of the alternative that its constants name. */
function knownKeys(tree: JsonSchema, path: readonly PropertyKey[], input: unknown): string[] {
  let node = choose(tree, input)
  let value = input
  for (const key of path) {
    value = Object(value)[key]
    // of a record every key has the same schema
    const named = Object(node.properties)[key] ?? node.additionalProperties
    node = choose(typeof key === 'number' ? node.items : named, value)
  }
  return Object.keys(Object(node.properties))
}

/** All keys that stand anywhere in a schema. */
function wordsOf(tree: unknown): Set<string> {
  const words = new Set<string>()
  for (const [key, part] of Object.entries(Object(tree))) {
    if (key === 'properties') for (const word of Object.keys(Object(part))) words.add(word)
    if (typeof part === 'object') for (const word of wordsOf(part)) words.add(word)
  }
  return words
}

function choose(node: JsonSchema, value: unknown): JsonSchema {
  const alternatives: JsonSchema[] = Object(node).oneOf ?? Object(node).anyOf ?? []
  const chosen = ({ properties }: JsonSchema): boolean =>
    properties !== undefined &&
    Object.entries(Object(properties)).every(
      ([key, property]) =>
        !('const' in Object(property)) || Object(property).const === Object(value)[key],
    )
  return alternatives.find(chosen) ?? node
}
