import { type Finding, finding } from './finding.js'

/** FFmpeg's names of the encoders, and what they are opened with. */
const ENCODERS = [
  { about: 'H.264', name: 'libx264', options: { preset: 'superfast', tune: 'zerolatency' } },
  {
    about: 'VP8',
    name: 'libvpx',
    options: { deadline: 'realtime', 'cpu-used': '-12', 'lag-in-frames': '0' },
  },
] as const
const WIDTH = 1280
const HEIGHT = 720
/** The first frame also pays for the opening; the median of the rest tells what a frame takes. */
const FRAMES = 9

/** Loads FFmpeg and encodes a few frames with each encoder that viewers may ask for. */
export async function checkEncoders(): Promise<readonly Finding[]> {
  let av: typeof import('node-av')
  try {
    av = await import('node-av')
  } catch (error) {
    return finding(
      'FFmpeg',
      'fail',
      `node-av does not load (${firstLine(error)}); install without --omit=optional`,
    )
  }
  const findings: Finding[] = [
    { about: 'FFmpeg', level: 'ok', text: `node-av loads, FFmpeg ${av.ffmpegVersion()}` },
  ]
  for (const { about, name, options } of ENCODERS) {
    try {
      const ms = await encode(av, name, options)
      findings.push({ about, level: 'ok', text: `${name} encodes ${WIDTH}×${HEIGHT} in ${ms.toFixed(1)} ms` })
    } catch (error) {
      findings.push({ about, level: 'fail', text: `${name}: ${firstLine(error)}` })
    }
  }
  return findings
}

/** Milliseconds that a frame takes. */
async function encode(
  av: typeof import('node-av'),
  name: string,
  options: Readonly<Record<string, string>>,
): Promise<number> {
  av.Log.setLevel(av.AV_LOG_QUIET)
  // FFmpeg's names are known to the types; a build may lack one all the same
  const codec = av.Codec.findEncoderByName(name as typeof av.FF_ENCODER_LIBX264)
  if (!codec) throw new Error('this FFmpeg does not have it')
  const context = new av.CodecContext()
  const packet = new av.Packet()
  const pixels = Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 128)
  const times: number[] = []
  try {
    context.allocContext3(codec)
    context.width = WIDTH
    context.height = HEIGHT
    context.pixelFormat = av.AV_PIX_FMT_YUV420P
    context.timeBase = new av.Rational(1, 90_000)
    context.bitRate = 2_000_000n
    for (const [key, value] of Object.entries(options)) context.setOption(key, value)
    const opened = await context.open2(codec, null)
    if (opened < 0) throw new Error(`does not open (${av.FFmpegError.strerror(opened)})`)
    packet.alloc()
    for (let i = 0; i < FRAMES; i++) {
      for (let at = i; at < WIDTH * HEIGHT; at += 37) pixels[at] = (at * (i + 3)) & 255
      const frame = av.Frame.fromVideoBuffer(pixels, {
        width: WIDTH,
        height: HEIGHT,
        format: av.AV_PIX_FMT_YUV420P,
        timeBase: { num: 1, den: 90_000 },
      })
      frame.pts = BigInt(i * 3000)
      const begin = performance.now()
      const sent = await context.sendFrame(frame)
      const received = sent < 0 ? sent : await context.receivePacket(packet)
      times.push(performance.now() - begin)
      frame.free()
      packet.unref()
      if (received < 0) throw new Error(`encodes nothing (${av.FFmpegError.strerror(received)})`)
    }
  } finally {
    packet.free()
    context.freeContext()
  }
  return times.slice(1).sort((a, b) => a - b)[Math.floor((FRAMES - 1) / 2)] ?? 0
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? ''
}
