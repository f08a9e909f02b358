import { CliError } from '../errors.js'

export type CanvasModule = typeof import('@napi-rs/canvas')
export type Canvas = import('@napi-rs/canvas').Canvas
export type Context = import('@napi-rs/canvas').SKRSContext2D

/** Loads the canvas that the demo is drawn with; it is optional, for whoever only streams. */
export async function loadCanvas(): Promise<CanvasModule> {
  try {
    return await import('@napi-rs/canvas')
  } catch (error) {
    throw new CliError(
      'the demo is drawn with the package @napi-rs/canvas, which is not installed here: npm install @napi-rs/canvas',
      undefined,
      { cause: error },
    )
  }
}
