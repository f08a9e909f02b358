import { AV_CODEC_ID_H264, AV_CODEC_ID_VP8, Codec, CodecContext, Frame, Packet } from 'node-av'
import type { RgbaImage } from './raw-formats.js'

/** Decodes single frames, as they come, to grey images. One at a time. */
export class VideoDecoder {
  readonly #context = new CodecContext()
  readonly #packet = new Packet()
  readonly #frame = new Frame()

  constructor(private readonly codec: Codec) {
    this.#context.allocContext3(codec)
    this.#context.threadCount = 1 // frame threads would hold a picture back
    this.#context.setOption('err_detect', 'explode')
    this.#packet.alloc()
    this.#frame.alloc()
  }

  static async open(name: 'h264' | 'vp8'): Promise<VideoDecoder> {
    const codec = Codec.findDecoder(name === 'h264' ? AV_CODEC_ID_H264 : AV_CODEC_ID_VP8)
    if (!codec) throw new Error(`this FFmpeg has no ${name} decoder`)
    const decoder = new VideoDecoder(codec)
    const result = await decoder.#context.open2(decoder.codec, null)
    if (result < 0) throw new Error(`the ${name} decoder does not open (${result})`)
    return decoder
  }

  /** @returns the picture, valid until the next one; undefined when it does not decode */
  async decodeFrame(data: Uint8Array): Promise<Frame | undefined> {
    this.#packet.data = Buffer.from(data)
    if ((await this.#context.sendPacket(this.#packet)) < 0) return undefined
    return (await this.#context.receiveFrame(this.#frame)) < 0 ? undefined : this.#frame
  }

  /** @returns the picture, grey; undefined when it does not decode */
  async decode(data: Uint8Array): Promise<RgbaImage | undefined> {
    if (!(await this.decodeFrame(data))) return undefined
    const { width, height, linesize } = this.#frame
    const luma = this.#frame.data?.[0]
    if (!luma) return undefined
    const pixels = new Uint8Array(width * height * 4)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        pixels.fill(luma[y * linesize[0]! + x]!, 4 * (y * width + x), 4 * (y * width + x) + 3)
    return { data: pixels, width, height, format: 'rgba' }
  }

  close(): void {
    this.#context.freeContext()
    this.#packet.free()
    this.#frame.free()
  }
}
