import { AV_FRAME_FLAG_INTERLACED, AV_PIX_FMT_RGBA, type AVPixelFormat } from 'node-av/constants'
import { avGetPixFmtName, FFmpegError, FilterGraph, Frame } from 'node-av/lib'
import type { Orientation } from '../image/exif.js'
import type { Placement } from '../image/webp.js'

/** What makes a picture of each of Exif's eight orientations upright (image/exif.ts), in libavfilter's words. */
const UPRIGHT: Readonly<Record<Orientation, string>> = {
  1: '',
  2: 'hflip',
  3: 'hflip,vflip',
  4: 'vflip',
  5: 'transpose=cclock_flip',
  6: 'transpose=clock',
  7: 'transpose=clock_flip',
  8: 'transpose=cclock',
}

/** FFmpeg's names of formats with transparency. `gbrap` is also what it makes of CMYK, with black as the alpha. */
const HAS_ALPHA = /^(rgba|bgra|argb|abgr|gbrap|yuva|ayuv|vuya|ya\d|pal8)/
const TO_RGBA = 'scale=flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,format=rgba'

/** What has to be known of a decoded file beside its pixels. */
export interface Stance {
  readonly orientation: Orientation
  /** Where on a larger canvas it belongs, if it does. */
  readonly placement?: Placement | undefined
}

/**
 * Makes of decoded frames what libswscale converts rightly: upright, whole, and RGBA if anything in it may be
 * transparent. The alpha of palettes it does not blend at all, and that of YUV wrongly (seen with FFmpeg 8.1).
 * One at a time.
 */
export class Straightener {
  #graph: FilterGraph | undefined
  #description = ''

  /**
   * Frees `frame` when the result is another one.
   *
   * @throws Error when FFmpeg refuses; then too the frame is freed
   */
  async straighten(frame: Frame, { orientation, placement }: Stance): Promise<Frame> {
    // An interlaced PNG is one that appears little by little; libswscale takes its rows for fields, and refuses.
    frame.clearFlags(AV_FRAME_FLAG_INTERLACED)
    const filters = [
      placement || isTransparent(frame) ? TO_RGBA : '',
      placement ? pad(placement) : '',
      UPRIGHT[orientation],
    ].filter((filter) => filter !== '')
    if (filters.length === 0) return frame
    try {
      return await this.#filter(frame, filters)
    } finally {
      frame.free()
    }
  }

  close(): void {
    this.#graph?.free()
    this.#graph = undefined
    this.#description = ''
  }

  async #filter(frame: Frame, filters: readonly string[]): Promise<Frame> {
    const graph = await this.#graphFor(frame, filters)
    const result = new Frame()
    result.alloc()
    try {
      const [from, to] = [graph.getFilter('buffer@from'), graph.getFilter('buffersink@to')]
      if (!from || !to) throw new Error('a filter graph without ends')
      check(await from.buffersrcAddFrame(frame))
      check(await to.buffersinkGetFrame(result))
      return result
    } catch (error) {
      result.free()
      this.close()
      throw error
    }
  }

  /** Images of a camera are all alike: one graph serves them. */
  async #graphFor(frame: Frame, filters: readonly string[]): Promise<FilterGraph> {
    const { width, height, format, colorSpace, colorRange } = frame
    const source = [
      `buffer@from=video_size=${width}x${height}`,
      `pix_fmt=${format}`,
      'time_base=1/90000',
      `colorspace=${colorSpace}`,
      `range=${colorRange}`,
    ].join(':')
    const description = [source, ...filters, 'buffersink@to'].join(',')
    if (this.#graph && description === this.#description) return this.#graph
    this.close()
    const graph = new FilterGraph()
    graph.alloc()
    try {
      graph.nbThreads = 1
      check(graph.parse2(description))
      check(await graph.config())
    } catch (error) {
      graph.free()
      throw error
    }
    this.#graph = graph
    this.#description = description
    return graph
  }
}

function isTransparent({ format }: Frame): boolean {
  return format !== AV_PIX_FMT_RGBA && HAS_ALPHA.test(avGetPixFmtName(format as AVPixelFormat) ?? '')
}

function pad({ canvas, left, top }: Placement): string {
  return `pad=${canvas.width}:${canvas.height}:${left}:${top}:color=black@0`
}

function check(result: number): void {
  if (result < 0) throw new Error(`a decoded image cannot be turned (${new FFmpegError(result).message})`)
}
