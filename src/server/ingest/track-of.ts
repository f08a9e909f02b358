import { SignalingError, show } from '../../common/errors.js'
import { checkTrackName } from '../../track/index.js'
import type { RawLayout } from './raw-layout.js'
import type { IngestGate, IngestSettings, TrackInput } from './settings.js'

/** A track, if it is there or may be made. Throws `SignalingError` (404) or `OptionError` (a bad name) otherwise. */
export function findTrack(
  gate: IngestGate,
  { createTracks }: IngestSettings,
  name: string,
): TrackInput | undefined {
  const track = gate.track(checkTrackName(name))
  if (!track && !createTracks)
    throw new SignalingError(
      404,
      `there is no track ${show(name)}, and senders may not make one (the option ingest.createTracks)`,
    )
  return track
}

/** A track that is there, or is made now. Throws `SignalingError` (503). */
export async function makeTrack(gate: IngestGate, name: string): Promise<TrackInput> {
  const before = gate.track(name)
  if (before) return before
  await gate.createTrack(name)
  const track = gate.track(name)
  if (!track) throw trackClosed(name)
  return track
}

export function trackClosed(name: string): SignalingError {
  return new SignalingError(404, `the track ${show(name)} was closed`)
}

/** Bytes as an image: raw as the layout says, or recognised by what they are. */
export function imageOf(bytes: Uint8Array, layout: RawLayout | undefined) {
  if (!layout) return bytes
  const { width, height, format, stride } = layout
  return { data: bytes, width, height, format, ...(stride !== undefined && { stride }) }
}
