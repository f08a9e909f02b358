/**
 * Put a program's own images live into any number of browsers, over WebRTC.
 *
 * @packageDocumentation
 */
export type { ControlState } from './common/channel-protocol.js'
export type { VideoCodec } from './common/codec.js'
export {
  type Complaint,
  EngineError,
  ImageError,
  LimitError,
  ListenError,
  OptionError,
  PixelcastError,
  PublishError,
  SignalingError,
} from './common/errors.js'
export type { FrameMetadata, OverlayObject, Point } from './common/frame-metadata.js'
export type { SendingTimes } from './common/frame-timing.js'
export type { IceServer } from './common/ice-server.js'
export type { LogFields, LogLevel, LogRecord } from './common/log.js'
export type { KeyframeCause, ViewerStats } from './common/viewer-stats.js'
export {
  type AccessOptions,
  type AccessRequest,
  type AccessRight,
  type AccessToken,
  type Authorize,
  createServer,
  type DrainOptions,
  type IngestOptions,
  type LimitOptions,
  type LogOption,
  type MetricsOptions,
  type PinoLike,
  type PixelcastServer,
  type ServerEvents,
  type ServerOptions,
  type Ticket,
  type TicketOptions,
} from './host/index.js'
export {
  type CanvasLike,
  fromTensor,
  type ImageDataLike,
  type ImageLike,
  type JimpLike,
  type MatImage,
  type MatLike,
  type PixelFormat,
  type RawImage,
  type SharpLike,
  type SyncImageLike,
  type TensorData,
  type TensorImage,
  type TensorOptions,
  type VideoFrameLike,
} from './image/index.js'
export type { TlsFiles } from './server/certificate.js'
export {
  type AddImageOptions,
  type AllocatedImage,
  type AllocateOptions,
  type ConnectOptions,
  type ContentHint,
  type ControlChange,
  type ControlOptions,
  type ControlRule,
  type ImageMetadata,
  type ImageProducer,
  ImageTrack,
  type KeyInput,
  type Modifiers,
  type OverflowPolicy,
  type PlayoutDelay,
  type PointerInput,
  type Publication,
  type PublicationEvents,
  type PublicationState,
  type PublicationStats,
  type PublishOptions,
  type Rectangle,
  type RemoteViewer,
  type RungStats,
  type SelectedRectangle,
  type SelectOptions,
  type TrackEvents,
  type TrackHandle,
  type TrackOptions,
  type TrackStats,
  type ViewerEvents,
  type ViewerState,
  type WheelInput,
} from './track/index.js'
export type { IceOptions } from './transport/ice-options.js'
