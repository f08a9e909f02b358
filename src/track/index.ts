export { AllocatedImage, type AllocateOptions } from './allocated-image.js'
export type { TrackCommand } from './commands.js'
export type { ConnectOptions } from './connect-options.js'
export { ImageConsumer, type TakenImage } from './consumer.js'
export { READ_AHEAD, TrackControl, type TrackMemory, Word } from './control.js'
export type { ControlRule } from './control-rule.js'
export type { ControlOptions } from './controls.js'
export type {
  ControlChange,
  ControlMoved,
  InputMessage,
  KeyInput,
  Modifiers,
  PointerInput,
  Rectangle,
  Selected,
  WheelInput,
} from './input.js'
export type { AddImageOptions, ImageMetadata } from './metadata.js'
export {
  type ContentHint,
  checkTrackName,
  checkTrackOptions,
  type OverflowPolicy,
  type PlayoutDelay,
  type TrackOptions,
  type TrackSettings,
} from './options.js'
export { ImageProducer } from './producer.js'
export {
  Publication,
  type PublicationChange,
  type PublicationEvents,
  type PublicationState,
  type PublicationStats,
  type RungStats,
} from './publication.js'
export type { PublishOptions, PublishSettings } from './publish-options.js'
export { RemoteViewer, type ViewerEvents, type ViewerLink, type ViewerState } from './remote-viewer.js'
export type { SelectedRectangle, SelectOptions } from './selections.js'
export { readStats, type TrackStats } from './stats.js'
export {
  ImageTrack,
  type TrackEvents,
  type TrackHandle,
  type TrackLink,
} from './track.js'
