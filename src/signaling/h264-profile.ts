/**
 * What a decoder of each H.264 profile can do with our stream, which is Constrained Baseline (profile_idc
 * 66 with constraint_set0 and constraint_set1). ITU-T H.264 A.2: decoders of Main (77) and of all High
 * profiles (100, 110, 122, 244) decode streams with constraint_set1; those of Baseline and Extended (88)
 * streams with constraint_set0.
 */
const DECODES_CONSTRAINED_BASELINE: ReadonlyMap<number, number> = new Map([
  [66, 1],
  [77, 2],
  [100, 3],
  [88, 4],
  [110, 4],
  [122, 4],
  [244, 4],
])

/** constraint_set1_flag, the second highest bit of profile-iop: Baseline with it is Constrained Baseline. */
const CONSTRAINT_SET1 = 0x40

/** RFC 6184 §8.1: profile-level-id when none is given, Baseline level 1. */
const DEFAULT_PROFILE_LEVEL_ID = '42000a'

export interface H264Profile {
  /** profile_idc, profile-iop and level_idc as six lower-case hex digits. */
  readonly profileLevelId: string
  /** Ten times the level: 31 is level 3.1. */
  readonly levelIdc: number
  /** 0 is Constrained Baseline itself; the higher, the further from it. */
  readonly distance: number
}

/**
 * Reads a profile-level-id (RFC 6184 §8.1). Undefined when it is malformed, or when a decoder of that
 * profile need not be able to decode Constrained Baseline.
 */
export function readH264Profile(text: string = DEFAULT_PROFILE_LEVEL_ID): H264Profile | undefined {
  if (!/^[0-9a-fA-F]{6}$/.test(text)) return undefined
  const profileIdc = Number.parseInt(text.slice(0, 2), 16)
  const profileIop = Number.parseInt(text.slice(2, 4), 16)
  const distance = DECODES_CONSTRAINED_BASELINE.get(profileIdc)
  if (distance === undefined) return undefined
  return {
    profileLevelId: text.toLowerCase(),
    levelIdc: Number.parseInt(text.slice(4, 6), 16),
    distance: profileIdc === 66 && (profileIop & CONSTRAINT_SET1) !== 0 ? 0 : distance,
  }
}
