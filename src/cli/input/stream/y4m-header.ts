import { CliError } from '../../errors.js'
import { SIDE_RANGE } from '../../options.js'

/** How the samples of a YUV4MPEG2 stream lie: planes of luma and chroma, one after the other. */
export interface Y4mLayout {
  /** FFmpeg's name of it. */
  readonly pixelFormat: string
  /** How many pixels share a sample of chroma, as a power of two; undefined without chroma. */
  readonly chroma: { readonly across: 0 | 1 | 2; readonly down: 0 | 1 } | undefined
  readonly sampleBytes: 1 | 2
}

export interface Y4mHeader extends Y4mLayout {
  readonly width: number
  readonly height: number
  /** Frames per second; undefined when the stream does not tell. */
  readonly fps: number | undefined
  /** Width of a pixel by its height; 1 when the stream does not tell. */
  readonly pixelAspect: number
  readonly fullRange: boolean
}

export const Y4M_MAGIC = 'YUV4MPEG2'
/** A longer line is no header. */
export const MAX_HEADER = 1024

const SUBSAMPLINGS = {
  '420': { across: 1, down: 1 },
  '422': { across: 1, down: 0 },
  '444': { across: 0, down: 0 },
  '411': { across: 2, down: 0 },
} as const

/**
 * The first line of a stream, without its end (yuv4mpeg(5), with the colour spaces that FFmpeg added).
 *
 * @throws CliError naming the parameter
 */
export function parseY4mHeader(line: string): Y4mHeader {
  const [magic, ...parameters] = line.split(' ')
  if (magic !== Y4M_MAGIC) throw bad('a line that begins with YUV4MPEG2', magic ?? '')
  const values = new Map<string, string>()
  for (const parameter of parameters) {
    // of the extensions only the range matters
    const key = parameter.startsWith('XCOLORRANGE=') ? 'XCOLORRANGE=' : parameter.slice(0, 1)
    if (!values.has(key)) values.set(key, parameter.slice(key.length))
  }
  return {
    width: side(values, 'W'),
    height: side(values, 'H'),
    fps: ratio(values.get('F')),
    pixelAspect: ratio(values.get('A')) ?? 1,
    fullRange: values.get('XCOLORRANGE=') === 'FULL',
    ...layoutOf(values.get('C') ?? '420jpeg'),
  }
}

/** Bytes of one frame. */
export function frameBytes({ width, height, chroma, sampleBytes }: Y4mHeader): number {
  const luma = width * height
  if (!chroma) return luma * sampleBytes
  const plane = Math.ceil(width / 2 ** chroma.across) * Math.ceil(height / 2 ** chroma.down)
  return (luma + 2 * plane) * sampleBytes
}

/** `420jpeg`, `422p10`, `mono`: where chroma lies between the pixels is not told apart. */
function layoutOf(colour: string): Y4mLayout {
  const [, mono, subsampling, depth] =
    /^(?:(mono)|(4(?:20|22|44|11)))(?:jpeg|mpeg2|paldv)?(?:p?(9|10|12|14|16))?$/.exec(colour) ?? []
  const bits = depth === undefined ? '' : `${depth}le`
  const sampleBytes = depth === undefined ? 1 : 2
  if (mono) return { pixelFormat: `gray${bits}`, chroma: undefined, sampleBytes }
  if (subsampling !== undefined && subsampling in SUBSAMPLINGS && !(subsampling === '411' && bits))
    return {
      pixelFormat: `yuv${subsampling}p${bits}`,
      chroma: SUBSAMPLINGS[subsampling as keyof typeof SUBSAMPLINGS],
      sampleBytes,
    }
  throw bad('C420, C422, C444, C411 or Cmono', `C${colour}`)
}

function side(values: ReadonlyMap<string, string>, key: 'W' | 'H'): number {
  const text = values.get(key) ?? ''
  const pixels = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(pixels >= SIDE_RANGE.min && pixels <= SIDE_RANGE.max))
    throw bad(`${key} from ${SIDE_RANGE.min} to ${SIDE_RANGE.max} pixels`, text ? `${key}${text}` : 'none')
  return pixels
}

/** `30000:1001`; undefined for `0:0`, which means unknown. */
function ratio(text: string | undefined): number | undefined {
  const [, above, below] = /^(\d+):(\d+)$/.exec(text ?? '') ?? []
  const value = Number(above) / Number(below)
  return Number.isFinite(value) && value > 0 ? value : undefined
}

function bad(expected: string, actual: string): CliError {
  return new CliError(`Y4M header: expected ${expected}, got ${actual.slice(0, 40)}`)
}
