/** What an answer says beside its status is shown, but not at any length. */
const MOST_TEXT = 300
/** Where JSON of the common kinds has its sentence, best first. */
const MEMBERS = ['detail', 'message', 'error', 'error_description', 'title', 'errors', 'reason'] as const

/**
 * The sentence in an error answer, for people: of a problem document (RFC 9457) or other JSON, of a page without its
 * markup, or of a plain text. Empty when there is none.
 */
export function errorText(contentType: string | null, body: string): string {
  const type = contentType?.toLowerCase() ?? ''
  const text = body.trimStart()
  // Engines send JSON under other names, too.
  if (type.includes('json') || /^[[{"]/.test(text)) {
    const sentence = readJson(text)
    if (sentence !== undefined) return clean(sentence)
  }
  if (type.includes('html') || /^<(!doctype|html|head|body)/i.test(text)) return clean(stripped(text))
  if (type === '' || /text|json|sdp/.test(type)) return clean(text)
  return ''
}

function readJson(text: string): string | undefined {
  try {
    return sentenceOf(JSON.parse(text), 3)
  } catch {
    return undefined
  }
}

function sentenceOf(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value
  if (depth === 0 || typeof value !== 'object' || value === null) return undefined
  const members = Array.isArray(value)
    ? value.slice(0, 4)
    : MEMBERS.map((name) => (value as Record<string, unknown>)[name])
  for (const member of members) {
    const sentence = sentenceOf(member, depth - 1)
    if (sentence) return sentence
  }
  return undefined
}

function stripped(html: string): string {
  return html
    .slice(0, 8_192)
    .replace(/<(script|style)\b[\s\S]*?(<\/\1\s*>|$)/gi, ' ')
    .replace(/<[^<>]*(>|$)/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
}

/** One line that cannot do anything to a terminal. */
function clean(text: string): string {
  const line = text
    .slice(0, 4 * MOST_TEXT)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  return line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT - 1)}…` : line
}
