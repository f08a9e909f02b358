import type { VideoCodec } from '../../common/codec.js'
import { SOCKET_CODECS } from '../../common/socket-protocol.js'

/** What WebCodecs and Media Source Extensions are asked for; a stream's own parameter sets say it exactly. */
const CODECS: Readonly<Record<VideoCodec, { readonly codec: string; readonly type: string }>> = {
  h264: { codec: 'avc1.42e01f', type: 'video/mp4; codecs="avc1.42e01f"' },
  vp8: { codec: 'vp8', type: 'video/webm; codecs="vp8"' },
}

/** How this browser can show encoded frames, and of which codecs, best first. */
export interface Decodable {
  readonly by: 'codecs' | 'mse'
  readonly codecs: readonly VideoCodec[]
}

/**
 * WebCodecs where it is there: on pages of HTTPS and of this machine; elsewhere Media Source Extensions.
 * @param wanted names of codecs, best first; undefined: all
 * @returns undefined when this browser can show none of them
 */
export async function findDecodable(wanted: readonly string[] | undefined): Promise<Decodable | undefined> {
  const asked = wanted
    ? wanted.filter((name): name is VideoCodec => (SOCKET_CODECS as readonly string[]).includes(name))
    : SOCKET_CODECS
  if (typeof VideoDecoder !== 'undefined') {
    const known = await Promise.all(asked.map(canDecode))
    const codecs = asked.filter((_, index) => known[index])
    if (codecs.length > 0) return { by: 'codecs', codecs }
  }
  if (typeof MediaSource === 'undefined') return undefined
  const codecs = asked.filter((codec) => MediaSource.isTypeSupported(CODECS[codec].type))
  return codecs.length > 0 ? { by: 'mse', codecs } : undefined
}

async function canDecode(codec: VideoCodec): Promise<boolean> {
  try {
    const config = { codec: CODECS[codec].codec, optimizeForLatency: true }
    return (await VideoDecoder.isConfigSupported(config)).supported === true
  } catch {
    return false
  }
}
