import { isCanvas, openCanvas } from './canvas.js'
import { asImageError, describe, isBinary, refuse, type Shape } from './check.js'
import { openEncoded } from './encoded.js'
import { isImageData, openImageData } from './image-data.js'
import { isJimp, openJimp } from './jimp.js'
import { isMat, isMatImage, openMat, openMatImage } from './mat.js'
import { isRaw, openRaw } from './raw.js'
import { isSharp, openSharp } from './sharp.js'
import type { ImageSource } from './source.js'
import { TensorImage } from './tensor.js'
import { isVideoFrame, openVideoFrame } from './video-frame.js'

const EXPECTED =
  '{data, width, height, format}, an ImageData, a canvas, an OpenCV.js Mat, a jimp image, a VideoFrame, a sharp pipeline, or JPEG, PNG or WebP bytes'

/**
 * Recognises an image by its shape, checks it and says how to copy it. Reads no pixels of raw images; a
 * canvas is read at once. The result is for use in the same turn, because the caller may write into its
 * buffer afterwards.
 * @throws ImageError, and nothing else, whatever `image` is. A VideoFrame and a sharp pipeline are
 *   refused: they can only be read asynchronously.
 */
export function openImage(image: unknown): ImageSource {
  try {
    if (isBinary(image)) return openEncoded(image)
    const shape = checkObject(image)
    return openSync(shape) ?? refuseShape(shape)
  } catch (error) {
    throw asImageError(error)
  }
}

/**
 * The same for every kind of image. The pixels of a VideoFrame and of a sharp pipeline are read before
 * the promise resolves; those of the others are still in the caller's buffer.
 * @throws ImageError, and nothing else, as a rejection.
 */
export async function openImageAsync(image: unknown): Promise<ImageSource> {
  try {
    if (isBinary(image)) return openEncoded(image)
    const shape = checkObject(image)
    if (isSharp(shape)) return await openSharp(shape)
    if (isVideoFrame(shape)) return await openVideoFrame(shape)
    return openSync(shape) ?? refuseShape(shape)
  } catch (error) {
    throw asImageError(error)
  }
}

/** Mats first, because the properties of a deleted one throw; what follows is told apart by `data`. */
function openSync(shape: Shape): ImageSource | undefined {
  const tensor = TensorImage.sourceOf(shape)
  if (tensor) return tensor
  if (isMat(shape)) return openMat(shape)
  if (isImageData(shape)) return openImageData(shape)
  if (isRaw(shape)) return openRaw(shape)
  if (isCanvas(shape)) return openCanvas(shape)
  if (isMatImage(shape)) return openMatImage(shape)
  if (isJimp(shape)) return openJimp(shape)
  return undefined
}

function checkObject(image: unknown): Shape {
  if (typeof image === 'object' && image !== null && !Array.isArray(image)) return image as Shape
  if (typeof image === 'string')
    return refuse('', `${EXPECTED} (a path or URL is not opened)`, describe(image))
  return refuse('', EXPECTED, Array.isArray(image) ? `an array of ${image.length}` : describe(image))
}

/** Says what to do about objects that are nearly an image. */
function refuseShape(shape: Shape): never {
  if (isSharp(shape)) return refuse('', 'an image that can be read at once', `a sharp pipeline, ${USE_ASYNC}`)
  if (isVideoFrame(shape))
    return refuse('', 'an image that can be read at once', `a VideoFrame, ${USE_ASYNC}`)
  if (typeof shape.then === 'function') return refuse('', EXPECTED, 'a promise (await it first)')
  if (typeof shape.canvas === 'object' && shape.canvas !== null)
    return refuse('', EXPECTED, `${describe(shape)} (a context? Pass its canvas)`)
  if ('naturalWidth' in shape)
    return refuse('', EXPECTED, 'an Image (draw it on a canvas, or pass the bytes of its file)')
  if ('width' in shape && 'height' in shape && 'format' in shape)
    return refuse('data', 'bytes (Uint8Array, Buffer or ArrayBuffer)', describe(shape.data))
  return refuse('', EXPECTED, describe(shape))
}

const USE_ASYNC = 'which is read asynchronously: use addImageAsync'
