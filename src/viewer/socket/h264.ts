const NAL_SPS = 7
const NAL_PPS = 8
const NAL_DELIMITER = 9
/** Profiles whose SPS has the chroma format and the scaling matrices (ITU-T H.264 §7.3.2.1.1). */
const HIGH_PROFILES = [100, 110, 122, 244, 44, 83, 86, 118, 128]

/** What an encoded frame says of the stream. */
export interface H264Stream {
  /** As WebCodecs and MSE want it: `avc1.42c01f`. */
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly sps: Uint8Array<ArrayBuffer>
  readonly pps: Uint8Array<ArrayBuffer>
}

/** The NAL units of Annex B (§B.1), start codes left out. */
export function nalUnits(data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const units: Uint8Array<ArrayBuffer>[] = []
  let start = -1
  for (let index = data.indexOf(1, 2); index >= 0; index = data.indexOf(1, index + 1)) {
    if (data[index - 1] !== 0 || data[index - 2] !== 0) continue
    if (start >= 0) units.push(withoutZeros(data, start, index - 2))
    start = index + 1
  }
  if (start >= 0) units.push(withoutZeros(data, start, data.length))
  return units
}

/** A unit ends with its stop bit: zeros behind it belong to the next start code. */
function withoutZeros(data: Uint8Array<ArrayBuffer>, start: number, end: number): Uint8Array<ArrayBuffer> {
  let last = end
  while (last > start && data[last - 1] === 0) last--
  return data.subarray(start, last)
}

const typeOf = (unit: Uint8Array): number => (unit[0] ?? 0) & 31

/** What the parameter sets of a keyframe say; undefined when it has none that can be read. */
export function describeH264(units: readonly Uint8Array<ArrayBuffer>[]): H264Stream | undefined {
  const sps = units.find((unit) => typeOf(unit) === NAL_SPS)
  const pps = units.find((unit) => typeOf(unit) === NAL_PPS)
  if (!sps || !pps || sps.length < 4) return undefined
  const profile = [...sps.subarray(1, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return { codec: `avc1.${profile}`, ...codedSize(sps), sps, pps }
}

/** A frame with the length before each unit, as MP4 has it (ISO/IEC 14496-15), without what its header holds. */
export function lengthPrefixed(units: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const kept = units.filter((unit) => ![NAL_SPS, NAL_PPS, NAL_DELIMITER].includes(typeOf(unit)))
  const result = new Uint8Array(kept.reduce((sum, unit) => sum + 4 + unit.length, 0))
  const view = new DataView(result.buffer)
  let at = 0
  for (const unit of kept) {
    view.setUint32(at, unit.length)
    result.set(unit, at + 4)
    at += 4 + unit.length
  }
  return result
}

/** Size that is shown, cropping included (§7.3.2.1.1, §7.4.2.1.1). */
function codedSize(sps: Uint8Array): { width: number; height: number } {
  const bits = new Bits(withoutEscapes(sps))
  bits.skip(8)
  const profile = bits.read(8)
  bits.skip(16)
  bits.golomb() // seq_parameter_set_id
  let chroma = 1
  if (HIGH_PROFILES.includes(profile)) {
    chroma = bits.golomb()
    if (chroma === 3) bits.skip(1)
    bits.golomb()
    bits.golomb()
    bits.skip(1)
    if (bits.read(1)) for (let list = 0; list < (chroma === 3 ? 12 : 8); list++) skipScalingList(bits, list)
  }
  bits.golomb() // log2_max_frame_num_minus4
  const order = bits.golomb()
  if (order === 0) bits.golomb()
  else if (order === 1) {
    bits.skip(1)
    bits.golomb()
    bits.golomb()
    for (let cycle = bits.golomb(); cycle > 0; cycle--) bits.golomb()
  }
  bits.golomb() // max_num_ref_frames
  bits.skip(1)
  const across = bits.golomb() + 1
  const down = bits.golomb() + 1
  const frames = bits.read(1)
  if (!frames) bits.skip(1)
  bits.skip(1)
  const crop = bits.read(1) ? [bits.golomb(), bits.golomb(), bits.golomb(), bits.golomb()] : [0, 0, 0, 0]
  const [left = 0, right = 0, top = 0, bottom = 0] = crop
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1
  const unitY = (chroma === 1 ? 2 : 1) * (2 - frames)
  return {
    width: across * 16 - (left + right) * unitX,
    height: down * 16 * (2 - frames) - (top + bottom) * unitY,
  }
}

function skipScalingList(bits: Bits, list: number): void {
  if (!bits.read(1)) return
  let last = 8
  let next = 8
  for (let index = 0; index < (list < 6 ? 16 : 64); index++) {
    if (next !== 0) next = (last + bits.signedGolomb() + 256) % 256
    last = next === 0 ? last : next
  }
}

/** Without the bytes that keep start codes out of the payload (§7.4.1.1). */
function withoutEscapes(unit: Uint8Array): Uint8Array {
  return unit.filter((byte, index) => !(byte === 3 && unit[index - 1] === 0 && unit[index - 2] === 0))
}

/** Bits, the highest first; zeros behind the end. */
class Bits {
  #at = 0
  constructor(private readonly bytes: Uint8Array) {}

  skip(count: number): void {
    this.#at += count
  }

  read(count: number): number {
    let value = 0
    for (let left = count; left > 0; left--) {
      value = value * 2 + (((this.bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1)
      this.#at++
    }
    return value
  }

  /** `ue(v)` (§9.1). */
  golomb(): number {
    let zeros = 0
    while (zeros < 32 && this.read(1) === 0) zeros++
    return 2 ** zeros - 1 + this.read(zeros)
  }

  /** `se(v)` (§9.1.1). */
  signedGolomb(): number {
    const value = this.golomb()
    return value % 2 === 1 ? (value + 1) / 2 : -value / 2
  }
}
