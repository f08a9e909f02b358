import { setTimeout as sleep } from 'node:timers/promises'
import {
  AV_LOG_QUIET,
  AV_PIX_FMT_RGBA,
  AVMEDIA_TYPE_VIDEO,
  Codec,
  CodecContext,
  FFmpegError,
  FormatContext,
  Frame,
  Log,
  Packet,
  SoftwareScaleContext,
} from 'node-av'

/** Later than this, in ms, and a frame is left out. */
const LATE = 100

/**
 * The frames of a video file as RGBA, again and again, each at its time: the video's own clock, not
 * the detector's. A frame is valid until the next one is asked for.
 */
export async function* framesInTime(file, signal) {
  Log.setLevel(AV_LOG_QUIET)
  const scaler = new SoftwareScaleContext()
  scaler.allocContext()
  const rgba = new Frame()
  rgba.alloc()
  try {
    while (!signal.aborted) {
      let start
      let shown = 0
      for await (const { frame, at } of decode(file)) {
        start ??= performance.now() - at
        if (performance.now() - (start + at) > LATE) continue
        await convert(scaler, frame, rgba)
        await sleep(Math.max(0, start + at - performance.now()), undefined, { signal }).catch(() => {})
        if (signal.aborted) return
        shown++
        yield { data: rgba.data[0], stride: rgba.linesize[0], width: rgba.width, height: rgba.height }
      }
      if (shown === 0) throw new Error(`${file}: no frame in it can be decoded`)
    }
  } finally {
    rgba.free()
    scaler.freeContext()
  }
}

/** Every frame of the file once, with its time in ms. FFmpeg works on its own threads meanwhile. */
async function* decode(file) {
  const format = new FormatContext()
  const decoder = new CodecContext()
  const packet = new Packet()
  const frame = new Frame()
  packet.alloc()
  frame.alloc()
  try {
    check(await format.openInput(`file:${file}`), file)
    check(await format.findStreamInfo(), file)
    const stream = format.streams[check(format.findBestStream(AVMEDIA_TYPE_VIDEO), file)]
    const codec = Codec.findDecoder(stream.codecpar.codecId)
    decoder.allocContext3(codec)
    decoder.parametersToContext(stream.codecpar)
    check(await decoder.open2(codec), file)
    const unit = (1000 * stream.timeBase.num) / stream.timeBase.den
    for (let ended = false; !ended; ) {
      ended = (await format.readFrame(packet)) < 0
      if (!ended && packet.streamIndex !== stream.index) {
        packet.unref()
        continue
      }
      // no packet: the frames that the decoder still holds come out
      await decoder.sendPacket(ended ? null : packet)
      packet.unref()
      while ((await decoder.receiveFrame(frame)) >= 0) {
        yield { frame, at: Number(frame.bestEffortTimestamp) * unit }
      }
    }
  } finally {
    frame.free()
    packet.free()
    decoder.freeContext()
    await format.closeInput()
  }
}

async function convert(scaler, frame, rgba) {
  if (rgba.width !== frame.width || rgba.height !== frame.height) {
    rgba.unref()
    rgba.width = frame.width
    rgba.height = frame.height
    rgba.format = AV_PIX_FMT_RGBA
    check(rgba.getBuffer(), 'a frame')
  }
  check(await scaler.scaleFrame(rgba, frame), 'a frame')
}

function check(code, what) {
  if (code < 0) throw new Error(`${what}: ${FFmpegError.strerror(code)}`)
  return code
}
