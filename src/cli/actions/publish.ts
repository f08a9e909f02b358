import type { VideoCodec } from '../../common/codec.js'
import type { Terminal } from '../terminal/terminal.js'
import { serve } from './serve.js'
import type { ServeOptions } from './serve-options.js'

type FromServe = 'fps' | 'loop' | 'speed' | 'watch' | 'size' | 'format' | 'exit' | 'mediaHost'

export interface PublishActionOptions extends Pick<ServeOptions, FromServe> {
  readonly whip: string
  readonly whipToken?: string
  readonly codec?: VideoCodec
  readonly bitrate?: number
  /** Seconds. */
  readonly keyframeInterval?: number
}

/** Shows one input to an engine elsewhere, and to nobody here, until the process is asked to stop. */
export function publish(
  input: string,
  { whip, whipToken, codec, bitrate, keyframeInterval, ...options }: PublishActionOptions,
  terminal: Terminal,
): Promise<void> {
  return serve(
    [input],
    {
      ...options,
      host: '127.0.0.1',
      port: 0,
      listen: false,
      whip: [whip],
      uplink: {
        token: whipToken,
        codec,
        maxBitrate: bitrate,
        keyframeInterval,
        bindAddress: options.mediaHost,
      },
    },
    terminal,
  )
}
