import { expect } from 'vitest'
import { ImageError } from '../../../src/common/errors.js'
import type { ImageSource } from '../../../src/image/index.js'
import { openImage, openImageAsync } from '../../../src/image/index.js'

/** The ImageError that `openImage` throws; anything else fails the test. */
export function refusal(image: unknown): ImageError {
  try {
    openImage(image)
  } catch (error) {
    expect(error).toBeInstanceOf(ImageError)
    return error as ImageError
  }
  throw new Error('the image was taken')
}

export async function asyncRefusal(image: unknown): Promise<ImageError> {
  const outcome = await openImageAsync(image).then(
    () => new Error('the image was taken'),
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(ImageError)
  return outcome as ImageError
}

/** What `copyTo` writes. The target is longer than needed, and the rest must stay untouched. */
export function copied(source: ImageSource): number[] {
  const target = new Uint8Array(source.byteLength + 8).fill(0xee)
  source.copyTo(target)
  expect([...target.subarray(source.byteLength)]).toEqual(Array(8).fill(0xee))
  return [...target.subarray(0, source.byteLength)]
}
