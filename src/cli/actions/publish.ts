import type { VideoCodec } from '../../common/codec.js'
import { CliError, EXIT_USAGE } from '../errors.js'
import type { Terminal } from '../terminal/terminal.js'
import { serve } from './serve.js'
import type { ServeOptions } from './serve-options.js'

type FromServe = 'fps' | 'loop' | 'speed' | 'watch' | 'size' | 'format' | 'exit' | 'mediaHost'

export interface PublishActionOptions extends Pick<ServeOptions, FromServe> {
  /** One; a list as of `serve`. */
  readonly whip?: readonly string[]
  readonly whipToken?: string
  readonly codec?: VideoCodec
  readonly bitrate?: number
  readonly simulcast?: boolean
  /** Seconds. */
  readonly keyframeInterval?: number
}

/** Shows one input to an engine elsewhere, and to nobody here, until the process is asked to stop. */
export async function publish(
  input: string,
  { whip, whipToken, codec, bitrate, simulcast, keyframeInterval, ...options }: PublishActionOptions,
  terminal: Terminal,
): Promise<void> {
  // Only now: the environment and a file have been read.
  if (!whip || whip.length === 0)
    throw new CliError(
      'option --whip: expected the address of a WHIP endpoint, here, as PIXELCAST_WHIP or as whip in the file of --config, got none',
      EXIT_USAGE,
    )
  await serve(
    [input],
    {
      ...options,
      host: '127.0.0.1',
      port: 0,
      listen: false,
      whip,
      uplink: {
        token: whipToken,
        codec,
        maxBitrate: bitrate,
        simulcast,
        keyframeInterval,
        bindAddress: options.mediaHost,
      },
    },
    terminal,
  )
}
