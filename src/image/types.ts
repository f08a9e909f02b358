import type { PixelFormat } from './source.js'
import type { TensorImage } from './tensor.js'

/** Bytes without an element type of their own. */
export type Bytes = Uint8Array | Uint8ClampedArray | ArrayBuffer | SharedArrayBuffer | DataView

/** Any method that returns `R`; overloads and optional parameters of the real libraries included. */
type Method<R> = (...parameters: never[]) => R

/** Uncompressed pixels in a buffer. */
export interface RawImage {
  /**
   * The planes one after the other, exactly as many bytes as the sizes, the format and `stride` make;
   * only the padding after the very last row may be missing. Free again as soon as the call returns.
   */
  readonly data: Bytes
  /** Pixels, an integer from 2 to 8192; odd ones too. */
  readonly width: number
  /** Pixels, an integer from 2 to 8192; odd ones too. */
  readonly height: number
  /**
   * As FFmpeg names it: bytes in memory order. The alpha of `bgra` and `rgba` is ignored. `yuv420p` is
   * Y, U, V and `nv12` is Y, UV, with chroma rounded up at odd sizes.
   */
  readonly format: PixelFormat
  /**
   * Bytes from the start of one row to the start of the next, if rows are padded. A number is that of
   * the first plane, and chroma follows: `ceil(stride / 2)` for yuv420p, `2 * ceil(stride / 2)` for nv12.
   * An array holds one for each plane. Default: no padding.
   */
  readonly stride?: number | readonly number[] | undefined
  /** When the image was captured, in ms since the Unix epoch. Default: when it is pushed. */
  readonly timestamp?: number | undefined
}

/** An `ImageData` of any library: RGBA, 8 bits a channel. Its alpha is ignored. */
export interface ImageDataLike {
  readonly data: Uint8ClampedArray
  readonly width: number
  readonly height: number
  readonly colorSpace?: string
  readonly pixelFormat?: string
}

/**
 * A canvas of `@napi-rs/canvas` (`data`), `skia-canvas` (`toBufferSync`) or `canvas` (`toBuffer` and
 * `stride`), as it looks at the time of the call. Transparent parts are black.
 */
export type CanvasLike = {
  readonly width: number
  readonly height: number
  readonly getContext: Method<unknown>
} & (
  | { readonly data: Method<Uint8Array> }
  | { readonly toBufferSync: Method<Uint8Array> }
  | { readonly toBuffer: Method<unknown>; readonly stride: number }
)

/**
 * An OpenCV.js `Mat` of type CV_8UC1, CV_8UC3 or CV_8UC4, a region (`roi`) of one included. The channels
 * are taken as gray, RGB and RGBA, as `cv.imshow` of OpenCV.js does. It is not deleted.
 */
export interface MatLike {
  readonly rows: number
  readonly cols: number
  readonly data: Uint8Array
  readonly channels: Method<number>
  readonly type: Method<number>
  readonly isContinuous: Method<boolean>
}

/** A `Mat` whose channels are in another order, or which has a time of capture. */
export interface MatImage {
  /** Of type CV_8UC1, CV_8UC3 or CV_8UC4. It is not deleted. */
  readonly mat: MatLike
  /** `bgr24` or `rgb24` with 3 channels, `bgra` or `rgba` with 4. Default: `gray8`, `rgb24`, `rgba`. */
  readonly format?: PixelFormat | undefined
  /** When the image was captured, in ms since the Unix epoch. Default: when it is pushed. */
  readonly timestamp?: number | undefined
}

/** An image of `jimp`: the pixels of its `bitmap`, RGBA. Their alpha is ignored. */
export interface JimpLike {
  /** The pixels, row by row, without padding. */
  readonly bitmap: {
    /** RGBA, 8 bits a channel. */
    readonly data: Uint8Array
    /** Pixels. */
    readonly width: number
    /** Pixels. */
    readonly height: number
  }
}

/**
 * A WebCodecs `VideoFrame` of any implementation, in the formats RGBA, RGBX, BGRA, BGRX, I420 or NV12.
 * Its visible rectangle is shown; its `timestamp` is not used. It is not closed.
 */
export interface VideoFrameLike {
  readonly format: string | null
  readonly codedWidth: number
  readonly codedHeight: number
  readonly allocationSize: Method<number>
  readonly copyTo: Method<PromiseLike<unknown>>
}

/** A `sharp` pipeline. A clone of it is run. Transparent parts are black. */
export interface SharpLike {
  readonly clone: Method<unknown>
  readonly raw: Method<unknown>
  readonly toColourspace: Method<unknown>
  readonly toBuffer: Method<unknown>
}

/**
 * Every image that can be read at once, for `addImage`. Bytes on their own are a JPEG (baseline or
 * progressive), a PNG or a WebP. They are shown upright, as their Exif data says, and on black where they
 * are transparent; of an animation the first picture is shown.
 */
export type SyncImageLike =
  | RawImage
  | ImageDataLike
  | CanvasLike
  | MatLike
  | MatImage
  | JimpLike
  | TensorImage
  | Bytes

/** Every image, for `addImageAsync`. */
export type ImageLike = SyncImageLike | VideoFrameLike | SharpLike
