import { SignalingError } from '../common/errors.js'
import type { RequestContext } from './routing.js'

/**
 * Reads a request's body of at most `limit` bytes. The stream is measured, not the Content-Length: a
 * chunked body has none. Throws `SignalingError` (413 too long, 400 broken off).
 */
export async function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLong = () => new SignalingError(413, `the body is longer than ${limit} bytes`)
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLong()
  if (!request.body) return new Uint8Array()
  const reader = request.body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new SignalingError(400, `the body broke off: ${error instanceof Error ? error.message : error}`)
    })
    if (done) break
    length += value.byteLength
    if (length > limit) {
      reader.cancel().catch(() => {})
      throw tooLong()
    }
    chunks.push(value)
  }
  const body = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    body.set(chunk, offset)
    offset += chunk.byteLength
  }
  return body
}

/** The same as text, which has to be UTF-8 (RFC 8866 §4.5). */
export async function readText({ req, env }: RequestContext, limit: number): Promise<string> {
  if (Number(req.header('content-length') ?? 0) <= limit) env?.body?.accept()
  const body = await readBody(req.raw, limit)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    throw new SignalingError(400, 'the body is not UTF-8')
  }
}

/** Throws `SignalingError` (415) unless the request says that its body is of this media type. */
export function expectContentType(request: Request, expected: string): void {
  if (hasContentType(request, expected)) return
  const given = request.headers.get('content-type') ?? 'none'
  throw new SignalingError(415, `Content-Type: expected ${expected}, got ${given}`)
}

export function hasContentType(request: Request, type: string): boolean {
  return request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() === type
}
