import { STATUS_CODES } from 'node:http'
import { ImageError, OptionError, SignalingError } from '../common/errors.js'

const PROBLEM_TYPE = 'application/problem+json'

/** The body of every error answer: a problem of RFC 9457. */
export interface Problem {
  /** What the status is called: `Not Found`. */
  readonly title: string
  readonly status: number
  /** A sentence for people: what was wrong, what was expected. */
  readonly detail: string
  /** The same sentence, under the name that most clients look for. */
  readonly error: string
}

/** An error answer as `application/problem+json`, with members of its own if there is more to say. */
export function problem(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  members: Readonly<Record<string, unknown>> = {},
): Response {
  const title = STATUS_CODES[status] ?? 'Error'
  const body: Problem = { title, status, detail, error: detail, ...members }
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Cache-Control': 'no-store', ...headers, 'Content-Type': PROBLEM_TYPE },
  })
}

/**
 * The answer for something that was thrown. Errors that were thrown on purpose say what they mean; any
 * other is ours, and neither its text nor its stack is the client's business.
 */
export function problemOf(error: unknown): Response {
  if (error instanceof SignalingError && error.status >= 400 && error.status <= 599)
    return problem(error.status, error.message, error.headers)
  if (error instanceof ImageError || error instanceof OptionError) {
    const { field, expected, actual } = error
    return problem(400, error.message, {}, { field, expected, actual })
  }
  return problem(500, 'the server failed on this request; the others go on')
}

/**
 * A problem for someone who opened the address in a browser, which would offer the JSON as a download:
 * the same in plain text.
 */
export async function asPlainText(response: Response): Promise<Response> {
  const { title, status, detail } = (await response.json()) as Problem
  const headers = new Headers(response.headers)
  headers.set('Content-Type', 'text/plain; charset=utf-8')
  return new Response(`${status} ${title}\n\n${detail}\n`, { status, headers })
}

export function isProblem(response: Response): boolean {
  return response.headers.get('content-type') === PROBLEM_TYPE
}
