// The package as built: what is tested is what will be published.
import { createServer, type PixelcastServer } from '../../dist/index.js'

export {
  type AccessRequest,
  type ControlChange,
  type ControlOptions,
  createServer,
  type ImageTrack,
  type KeyInput,
  LimitError,
  type LimitOptions,
  type PixelcastServer,
  type PointerInput,
  type Publication,
  type Rectangle,
  type RemoteViewer,
  type TrackOptions,
  type ViewerStats,
  type WheelInput,
} from '../../dist/index.js'

/** HTTP and media on 127.0.0.1 alone, on a free port. */
export const LOCAL = { port: 0, host: '127.0.0.1', ice: { bindAddress: '127.0.0.1' } } as const

export function createLocalServer() {
  return createServer(LOCAL)
}

export function whepUrl(server: PixelcastServer, track: string): URL {
  return new URL(`whep/${encodeURIComponent(track)}`, urlOf(server))
}

/** Where it listens; a server in these tests always does. */
export function urlOf(server: PixelcastServer): string {
  if (!server.url) throw new Error('the server does not listen')
  return server.url
}
