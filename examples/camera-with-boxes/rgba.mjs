import { AV_PIX_FMT_RGBA, Frame, SoftwareScaleContext } from 'node-av'

/** Frames as they are decoded, nearly always YUV, to RGBA. FFmpeg does it on its own threads. */
export class RgbaConverter {
  #scaler = new SoftwareScaleContext()
  #rgba = new Frame()

  constructor() {
    this.#scaler.allocContext()
    this.#rgba.alloc()
  }

  async convert({ frame }) {
    const rgba = this.#rgba
    if (rgba.width !== frame.width || rgba.height !== frame.height) {
      rgba.unref()
      rgba.width = frame.width
      rgba.height = frame.height
      rgba.format = AV_PIX_FMT_RGBA
      if (rgba.getBuffer() < 0) throw new Error(`a frame of ${frame.width}×${frame.height} is too large`)
    }
    if ((await this.#scaler.scaleFrame(rgba, frame)) < 0) throw new Error('a frame that cannot be converted')
    return { data: rgba.data[0], stride: rgba.linesize[0], width: rgba.width, height: rgba.height }
  }

  free() {
    this.#rgba.free()
    this.#scaler.freeContext()
  }
}
