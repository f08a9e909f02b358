export { MAX_SIZE, MIN_SIZE } from './check.js'
export { type Plane, type PlaneSize, planeSizes, tightByteLength } from './layout.js'
export { openImage, openImageAsync } from './open.js'
export {
  ENCODED_FORMATS,
  type EncodedFormat,
  type ImageSource,
  PIXEL_FORMATS,
  type PixelFormat,
  type SourceFormat,
} from './source.js'
export { fromTensor, type TensorData, type TensorImage, type TensorOptions } from './tensor.js'
export type {
  Bytes,
  CanvasLike,
  ImageDataLike,
  ImageLike,
  JimpLike,
  MatImage,
  MatLike,
  RawImage,
  SharpLike,
  SyncImageLike,
  VideoFrameLike,
} from './types.js'
