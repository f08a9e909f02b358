/**
 * The browser side of pixelcast: the custom element `<pixelcast-view>`, registered by importing this
 * module, and `Viewer`, the connection beneath it. Without a dependency, and importable in Node.
 */
import { PixelcastViewElement } from './element.js'

import { registerPixelcastView } from './register.js'

export type { LatencyParts } from './latency-parts.js'
export type { ObjectEvent } from './overlay/overlay.js'
export type { Fit, Point, Size } from './placement.js'
export type { Recording } from './recording.js'
export type { ViewerStats } from './stats.js'
export type { ViewerTransport } from './transport.js'
export { Viewer } from './viewer.js'
export type {
  MetadataEvent,
  SnapshotOptions,
  StateChange,
  ViewerCodec,
  ViewerEvents,
  ViewerOptions,
  ViewerState,
  ZoomChange,
} from './viewer-types.js'
export { PixelcastViewElement }

registerPixelcastView()
