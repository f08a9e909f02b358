import { checkKeys, OptionError, show, showSecret } from '../common/errors.js'
import { isToken } from '../common/token.js'
import type { IngestSettings } from '../server/ingest/settings.js'

/** How images are taken over HTTP (`PUT /tracks/NAME/image`, `POST /tracks/NAME/stream`); every one may be left out. */
export interface IngestOptions {
  /**
   * What senders have to show, as `Authorization: Bearer TOKEN`: 8 to 512 letters, digits and `-._~+/=`. The same as a
   * token of the option `access` with the right `publish`. Default: none. If there is no
   * `access` either, only programs of this machine may send, to a server on a loopback `host`, and no web page; others
   * are answered 403. Requests that come through an own web server are taken without: it knows who sends.
   */
  readonly token?: string | undefined
  /** True: an image for a name that is no track yet makes one (see the event `track`). Default false: such images are answered 404. */
  readonly createTracks?: boolean | undefined
  /** Tracks that senders may have made at a time, 1…1000. Closing one makes room. Default 16. */
  readonly maxTracks?: number | undefined
  /** Longest image in bytes, 1,024…268,435,456. Default 33,554,432 (32 MiB): 3840×2160 in four channels. */
  readonly maxBytes?: number | undefined
  /**
   * Bytes a second of one sender, 1,024…17,179,869,184; a faster one is read more slowly. Default 1,073,741,824 (1 GiB):
   * 1920×1080 in four channels at 60 images a second is half of it.
   */
  readonly maxBytesPerSecond?: number | undefined
  /**
   * Images a second of a track, by all who send, 1…10,000, and at once as many as in five seconds. A faster stream is
   * read more slowly, a single image is answered 429. Default 240.
   */
  readonly maxImagesPerSecond?: number | undefined
  /** Senders at a time, 1…1000; more are answered 503. Each may take twice `maxBytes` of memory, three times while its track is made. Default 32. */
  readonly maxSenders?: number | undefined
  /**
   * Longest time for an image to come, and between two images of a stream, 100…86,400,000 ms; then the request
   * ends with 408. Default 60,000.
   */
  readonly timeout?: number | undefined
}

const KNOWN = [
  'token',
  'createTracks',
  'maxTracks',
  'maxBytes',
  'maxBytesPerSecond',
  'maxImagesPerSecond',
  'maxSenders',
  'timeout',
]
export const TOKEN_EXPECTED = '8 to 512 letters, digits and -._~+/='
const MOST_BYTES = 256 * 1024 * 1024

/** The option `ingest` of a server. @throws OptionError naming the option */
export function checkIngestOptions(ingest: boolean | IngestOptions = false): IngestSettings | undefined {
  if (ingest === false) return undefined
  const options = ingest === true ? {} : ingest
  // The token itself, instead of an object with it, must not be shown.
  if (typeof options !== 'object')
    throw new OptionError({
      field: 'ingest',
      expected: `an object with ${KNOWN.join(', ')}`,
      actual: showSecret(options),
    })
  checkKeys(options, KNOWN, 'ingest.')
  const {
    token,
    createTracks = false,
    maxTracks = 16,
    maxBytes = 32 * 1024 * 1024,
    maxBytesPerSecond = 1024 ** 3,
    maxImagesPerSecond = 240,
    maxSenders = 32,
    timeout = 60_000,
  } = options
  if (token !== undefined) checkIngestToken(token)
  if (typeof createTracks !== 'boolean') refuse('createTracks', 'true or false', show(createTracks))
  checkWhole('maxTracks', maxTracks, 1, 1000)
  checkWhole('maxBytes', maxBytes, 1024, MOST_BYTES)
  checkWhole('maxBytesPerSecond', maxBytesPerSecond, 1024, 16 * 1024 ** 3)
  checkWhole('maxImagesPerSecond', maxImagesPerSecond, 1, 10_000)
  checkWhole('maxSenders', maxSenders, 1, 1000)
  checkWhole('timeout', timeout, 100, 86_400_000)
  return {
    createTracks,
    maxTracks,
    maxBytes,
    maxBytesPerSecond,
    maxImagesPerSecond,
    maxSenders,
    timeout,
  }
}

/** The characters of a bearer token (RFC 6750 §2.1). The message does not show it. @throws OptionError */
export function checkIngestToken(token: unknown, field = 'ingest.token'): asserts token is string {
  if (!isToken(token, 8, 512))
    throw new OptionError({ field, expected: TOKEN_EXPECTED, actual: showSecret(token) })
}

function checkWhole(field: string, value: unknown, least: number, most: number): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return
  refuse(field, `a whole number from ${least} to ${most}`, show(value))
}

function refuse(field: string, expected: string, actual: string): never {
  throw new OptionError({ field: `ingest.${field}`, expected, actual })
}
