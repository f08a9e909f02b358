import { checkKeys, ImageError, show } from '../common/errors.js'
import type { FrameMetadata } from '../common/frame-metadata.js'

/**
 * What an application says about an image: any JSON value. `<pixelcast-view>` draws the `objects` of a
 * `FrameMetadata`; everything else is handed to the page as it is.
 */
export type ImageMetadata = FrameMetadata | object | string | number | boolean | null

/** What may be said with an image. */
export interface AddImageOptions {
  /**
   * Arrives in the browser with the very frame that shows the image. Any JSON value of at most 64 KiB as
   * UTF-8; written down before the call returns. Default: none.
   */
  readonly metadata?: ImageMetadata | undefined
}

/** Of UTF-8. One message of a data channel; a few hundred objects with their outlines. */
export const MAX_METADATA_BYTES = 64 * 1024

/**
 * The metadata in the options of `addImage` as UTF-8; undefined when there is none.
 *
 * @throws ImageError when it is no JSON value, or too long
 * @throws OptionError for an unknown option
 */
export function serializeMetadata(options: AddImageOptions | undefined): Uint8Array | undefined {
  if (options === undefined) return undefined
  checkKeys(options, ['metadata'])
  const { metadata } = options
  if (metadata === undefined) return undefined
  const json = stringify(metadata)
  // A character is one byte at least: what is far too long need not be encoded to know.
  const bytes = json.length <= MAX_METADATA_BYTES ? Buffer.from(json, 'utf8') : undefined
  if (bytes && bytes.byteLength <= MAX_METADATA_BYTES) return bytes
  throw new ImageError({
    field: 'metadata',
    expected: `at most ${MAX_METADATA_BYTES.toLocaleString('en')} bytes as JSON`,
    actual: (bytes?.byteLength ?? Buffer.byteLength(json)).toLocaleString('en'),
  })
}

function stringify(metadata: unknown): string {
  let json: string | undefined
  let cause: unknown
  try {
    json = JSON.stringify(metadata)
  } catch (error) {
    cause = error
  }
  if (json !== undefined) return json
  const why = cause instanceof Error ? ` (${cause.message.split('\n', 1)[0]})` : ''
  throw new ImageError(
    { field: 'metadata', expected: 'a JSON value', actual: `${show(metadata)}${why}` },
    { cause },
  )
}
