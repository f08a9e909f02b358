import {
  AV_CODEC_FLAG_LOW_DELAY,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_LOG_QUIET,
  AV_NOPTS_VALUE,
  AVERROR_EAGAIN,
  AVERROR_EOF,
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
  type Stream,
} from 'node-av'
import { CliError } from '../errors.js'

/**
 * Containers and still formats that may be opened. Left out on purpose: those that make a picture of
 * any text (`tty`), and those that open further files or addresses named in the file (`hls`, `dash`,
 * `concat`), which nobody expects of a file given to show.
 */
const FORMATS =
  'mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,gif,apng,mpegts,mpeg,mpegvideo,m4v,flv,live_flv,asf,ogg,ivf,' +
  'yuv4mpegpipe,h264,hevc,av1,obu,mjpeg,nut,mxf,rm,dv,swf,image2,bmp_pipe,gif_pipe,tiff_pipe,png_pipe,' +
  'jpeg_pipe,webp_pipe,webp_anim,pbm_pipe,pgm_pipe,ppm_pipe,pam_pipe,qoi_pipe,j2k_pipe,jpegxl_pipe,exr_pipe,hdr_pipe'

/** What there is beside files: streams over the network, and what they open in turn; never files of this machine. */
const NETWORK_FORMATS = `rtsp,rtp,sdp,mpjpeg,hls,dash,aac,mp3,${FORMATS}`
const NETWORK_PROTOCOLS = 'http,https,httpproxy,tls,tcp,udp,rtp,srtp,rtsp,crypto,data'

/** Where a video is, and how FFmpeg is to open it. */
export interface MediaSource {
  /** An address of FFmpeg's. */
  readonly url: string
  /** FFmpeg's name of the format, when it is not to find out by itself. */
  readonly format?: string
  readonly options: Readonly<Record<string, string>>
  /** Frames are wanted the moment they are there: no threads that hold some back. */
  readonly live?: boolean
  /** Most time (µs) for finding out what is in it. */
  readonly analyze?: number
}

/** A file of this machine. */
export function fileSource(path: string): MediaSource {
  // `pattern_type`: else a file called `img%d.bmp` is taken as a sequence; `file:`: or `a:b.avi` as an address
  return { url: `file:${path}`, options: { pattern_type: 'none', format_whitelist: FORMATS } }
}

/** A stream of a camera or a web server. */
export function networkSource(url: string, options: Readonly<Record<string, string>> = {}): MediaSource {
  return {
    url,
    options: { format_whitelist: NETWORK_FORMATS, protocol_whitelist: NETWORK_PROTOCOLS, ...options },
    live: true,
    analyze: 1_000_000,
  }
}

/** A run of packets that cannot be decoded; a longer one ends the file with an error. */
const MAX_BAD_PACKETS = 500

/** The video stream of a file or a camera, opened for decoding. One frame is held at a time; the caller must not free it. */
export class MediaFile {
  readonly #format: FormatContext
  readonly #decoder: CodecContext
  readonly #packet = new Packet()
  readonly #frame = new Frame()
  readonly stream: Stream
  #drained = false
  #closed = false
  /** Packets that were passed over because they could not be decoded. */
  badPackets = 0
  #badRun = 0
  /** Asked of every packet: whether to decode it. `stamp` in ms; undefined when it has none. */
  wants: (stamp: number | undefined, isKeyframe: boolean) => boolean = () => true

  private constructor(format: FormatContext, stream: Stream, decoder: CodecContext) {
    this.#format = format
    this.stream = stream
    this.#decoder = decoder
    this.#packet.alloc()
    this.#frame.alloc()
  }

  /** Opens a source; a `CliError` (without its name) when there is nothing in it to show. */
  static async open(source: MediaSource, threads = 0): Promise<MediaFile> {
    // FFmpeg writes to stderr by itself, in the middle of the status line
    Log.setLevel(AV_LOG_QUIET)
    const format = new FormatContext()
    let decoder: CodecContext | undefined
    try {
      const container = source.format === undefined ? null : InputFormat.findInputFormat(source.format)
      const options = Dictionary.fromObject({ ...source.options })
      check(
        await format.openInput(source.url, container, options),
        source.live ? 'it cannot be opened' : 'not an image or a video that can be read',
      )
      if (source.analyze !== undefined) format.maxAnalyzeDuration = BigInt(source.analyze)
      check(await format.findStreamInfo(), 'damaged: its streams cannot be read')
      const index = format.findBestStream(AVMEDIA_TYPE_VIDEO)
      const stream = index >= 0 ? format.streams[index] : undefined
      if (!stream || stream.disposition & AV_DISPOSITION_ATTACHED_PIC)
        throw new CliError('has no video in it')
      const codec = Codec.findDecoder(stream.codecpar.codecId)
      if (!codec) throw new CliError('its video codec is not supported')
      decoder = new CodecContext()
      decoder.allocContext3(codec)
      check(decoder.parametersToContext(stream.codecpar), 'its video parameters are not valid')
      decoder.pktTimebase = stream.timeBase
      decoder.threadCount = threads
      if (source.live) {
        decoder.threadType = FF_THREAD_SLICE
        decoder.setFlags(AV_CODEC_FLAG_LOW_DELAY)
      }
      check(await decoder.open2(codec), 'its video codec cannot be opened')
      return new MediaFile(format, stream, decoder)
    } catch (error) {
      decoder?.freeContext()
      await format.closeInput()
      throw error
    }
  }

  get containerName(): string {
    return this.#format.iformat?.name ?? ''
  }

  /** Length in ms; undefined when the file does not tell. */
  get duration(): number | undefined {
    const microseconds = Number(this.#format.duration)
    return microseconds > 0 ? microseconds / 1000 : undefined
  }

  /** The next frame in order of display, valid until the next call; undefined at the end. */
  async next(): Promise<Frame | undefined> {
    for (;;) {
      if (this.#closed) return undefined
      const received = await this.#decoder.receiveFrame(this.#frame)
      if (received >= 0) {
        this.#badRun = 0
        return this.#frame
      }
      if (received === AVERROR_EOF || this.#drained) return undefined
      if (received !== AVERROR_EAGAIN) this.#countBadPacket()
      await this.#feed()
    }
  }

  /** Frees everything. Not while a `next` is under way. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#frame.free()
    this.#packet.free()
    this.#decoder.freeContext()
    await this.#format.closeInput()
  }

  async #feed(): Promise<void> {
    for (;;) {
      const read = await this.#format.readFrame(this.#packet)
      if (read < 0) {
        // the end, or a damaged tail: what the decoder still holds comes out either way
        this.#drained = (await this.#decoder.sendPacket(null)) < 0
        return
      }
      const wanted = this.#packet.streamIndex === this.stream.index && this.#isWanted(this.#packet)
      const sent = wanted ? await this.#decoder.sendPacket(this.#packet) : 0
      this.#packet.unref()
      if (!wanted) continue
      if (sent < 0) this.#countBadPacket()
      else return
    }
  }

  #isWanted({ dts, isKeyframe }: Packet): boolean {
    const { num, den } = this.stream.timeBase
    return this.wants(dts === AV_NOPTS_VALUE ? undefined : (Number(dts) * 1000 * num) / den, isKeyframe)
  }

  #countBadPacket(): void {
    this.badPackets++
    if (++this.#badRun > MAX_BAD_PACKETS) throw new CliError('damaged: its video cannot be decoded')
  }
}

function check(code: number, message: string): void {
  if (code < 0) throw new CliError(`${message} (${FFmpegError.strerror(code)})`)
}
