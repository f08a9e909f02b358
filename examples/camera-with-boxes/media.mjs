import {
  AV_CODEC_FLAG_LOW_DELAY,
  AV_LOG_QUIET,
  AVMEDIA_TYPE_VIDEO,
  Codec,
  CodecContext,
  Dictionary,
  FF_THREAD_SLICE,
  FFmpegError,
  FormatContext,
  Frame,
  InputFormat,
  Log,
  Packet,
} from 'node-av'

/** A camera that says nothing for so long is lost, µs. */
const SILENCE = '5000000'
/** How to open what: TCP first, because over UDP lost packets spoil the picture. */
const KINDS = [
  {
    pattern: /^rtsps?:/,
    options: { rtsp_flags: 'prefer_tcp', timeout: SILENCE, max_delay: '0', probesize: '500000' },
  },
  { pattern: /^https?:/, options: { rw_timeout: SILENCE } },
  { pattern: /^\/dev\//, options: {}, format: 'v4l2' },
  { pattern: /^/, options: {}, prefix: 'file:', isFile: true },
]

/** The video stream of a file, a camera or an address, opened for decoding. */
export class Media {
  #format = new FormatContext()
  #decoder = new CodecContext()
  #stream
  #isFile = false
  #stop
  /** Whatever FFmpeg is waiting for. */
  #interrupt = () => this.#format.interrupt()

  static async open(source, stop) {
    Log.setLevel(AV_LOG_QUIET)
    const media = new Media()
    media.#stop = stop
    stop.addEventListener('abort', media.#interrupt)
    try {
      await media.#open(source)
      return media
    } catch (error) {
      await media.close()
      throw error
    }
  }

  async #open(source) {
    const { options, format, prefix = '', isFile = false } = KINDS.find(({ pattern }) => pattern.test(source))
    this.#isFile = isFile
    const container = format ? InputFormat.findInputFormat(format) : null
    check(await this.#format.openInput(prefix + source, container, Dictionary.fromObject(options)))
    check(await this.#format.findStreamInfo())
    const index = this.#format.findBestStream(AVMEDIA_TYPE_VIDEO)
    if (index < 0) throw new Error('there is no video in it')
    this.#stream = this.#format.streams[index]
    const codec = Codec.findDecoder(this.#stream.codecpar.codecId)
    if (!codec) throw new Error('its codec is not supported')
    this.#decoder.allocContext3(codec)
    this.#decoder.parametersToContext(this.#stream.codecpar)
    if (this.isLive) {
      // frames are wanted the moment they are there
      this.#decoder.threadType = FF_THREAD_SLICE
      this.#decoder.setFlags(AV_CODEC_FLAG_LOW_DELAY)
    }
    check(await this.#decoder.open2(codec))
  }

  /** A camera has no end, and no length. */
  get isLive() {
    return !this.#isFile && Number(this.#format.duration) <= 0
  }

  /** Every frame once, with its time in ms. FFmpeg works on its own threads meanwhile. */
  async *frames() {
    const packet = new Packet()
    const frame = new Frame()
    packet.alloc()
    frame.alloc()
    const unit = (1000 * this.#stream.timeBase.num) / this.#stream.timeBase.den
    try {
      for (let ended = false; !ended && !this.#stop.aborted; ) {
        ended = (await this.#format.readFrame(packet)) < 0
        if (!ended && packet.streamIndex !== this.#stream.index) {
          packet.unref()
          continue
        }
        // no packet: the frames that the decoder still holds come out
        await this.#decoder.sendPacket(ended ? null : packet)
        packet.unref()
        while ((await this.#decoder.receiveFrame(frame)) >= 0)
          yield { frame, at: Number(frame.bestEffortTimestamp) * unit }
      }
    } finally {
      frame.free()
      packet.free()
    }
  }

  async close() {
    this.#stop.removeEventListener('abort', this.#interrupt)
    this.#decoder.freeContext()
    await this.#format.closeInput()
  }
}

function check(code) {
  if (code < 0) throw new Error(FFmpegError.strerror(code))
}
