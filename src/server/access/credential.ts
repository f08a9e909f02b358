import type { Scope } from './types.js'

/** What somebody has shown who they are by. */
export interface Credential {
  /** The token that it stands for: looked up anew each time, so that it is worth what it is worth then. */
  readonly bearer?: string | undefined
  /** No more than that, whatever the token is worth. Without a token: this much, on the application's word. */
  readonly limit?: Scope | undefined
  /** When it is worth nothing any more, ms since 1970. */
  readonly expires: number
}

/** RFC 6750 §2.1. */
export function readBearer(authorization: string | undefined): string | undefined {
  return authorization && /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(authorization)?.[1]
}
