import { SignalingError } from '../../../../src/common/errors.js'
import { checkAccessOptions } from '../../../../src/host/access-options.js'
import { Access } from '../../../../src/server/access/access.js'
import { type AppOptions, createIngestApp } from '../../../../src/server/app.js'
import type { IngestGate, IngestSettings } from '../../../../src/server/ingest/settings.js'
import { ImageConsumer, ImageTrack, type TrackOptions } from '../../../../src/track/index.js'

export const SETTINGS: IngestSettings = {
  createTracks: false,
  maxTracks: 2,
  maxBytes: 100_000,
  maxBytesPerSecond: 1024 ** 3,
  maxImagesPerSecond: 240,
  maxSenders: 3,
  timeout: 10_000,
}

/** Real tracks; what an engine would take of them is looked at instead. */
export class Tracks implements IngestGate {
  readonly all = new Map<string, ImageTrack>()
  readonly reported: string[] = []

  constructor(...names: string[]) {
    for (const name of names) this.add(name)
  }

  add(name: string, options?: TrackOptions): ImageTrack {
    const track = new ImageTrack(name, options)
    this.all.set(name, track)
    return track
  }

  track(name: string): ImageTrack | undefined {
    return this.all.get(name)
  }

  async createTrack(name: string): Promise<void> {
    if (this.all.size >= 4) throw new SignalingError(503, 'enough tracks')
    this.add(name)
  }

  report(name: string, { message }: Error): void {
    this.reported.push(`${name}: ${message}`)
  }

  close(name: string): void {
    this.all.get(name)?.detach()
    this.all.delete(name)
  }

  /** The newest image that was pushed since the last call, and nothing more waits then. */
  take(name: string) {
    const track = this.all.get(name)
    if (!track) throw new Error(`no track ${name}`)
    const consumer = new ImageConsumer(track.handle)
    let last: { format: string; width: number; height: number; data: Buffer } | undefined
    for (let image = consumer.take(); image; image = consumer.take()) {
      const { format, width, height, data } = image
      last = { format, width, height, data: Buffer.from(data) }
      image.release()
    }
    return last
  }

  /** Slots that somebody is writing to. */
  held(name: string): number {
    return new ImageConsumer(this.all.get(name)!.handle).control.countSlots(1)
  }
}

/** As the option `ingest.token` says. */
export function ingestAccess(ingestToken: string | undefined): Access {
  return new Access(checkAccessOptions({ access: undefined, isPublic: false, ingestToken }))
}

export type RequestBody = Uint8Array | ReadableStream<Uint8Array> | string

export function setUp(
  settings: Partial<IngestSettings> = {},
  host: string | undefined = '127.0.0.1',
  token?: string,
) {
  const tracks = new Tracks('cam')
  const errors: unknown[] = []
  const options: AppOptions = {
    ...(host !== undefined && { host }),
    ingest: { settings: { ...SETTINGS, ...settings }, gate: tracks },
    onError: (error) => errors.push(error),
  }
  const app = createIngestApp(options, ingestAccess(token))
  /** A request, and its answer read: status, JSON body, headers. */
  const send = async (
    method: string,
    path: string,
    body?: RequestBody,
    headers: Record<string, string> = {},
  ) => {
    const isStream = body instanceof ReadableStream
    const response = await app.request(`/tracks/${path}`, {
      method,
      headers: {
        host: 'localhost',
        ...(body instanceof Uint8Array && { 'content-length': `${body.length}` }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      ...(isStream && { duplex: 'half' }),
    } as RequestInit)
    const text = await response.text()
    return {
      status: response.status,
      json: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
      headers: response.headers,
    }
  }
  return { tracks, app, send, errors }
}

/** A body in pieces; an `Error` among them breaks it off. */
export function bodyOf(...pieces: (Uint8Array | string | Error)[]): ReadableStream<Uint8Array> {
  const rest = [...pieces]
  return new ReadableStream({
    pull(controller) {
      const piece = rest.shift()
      if (piece === undefined) controller.close()
      else if (piece instanceof Error) controller.error(piece)
      else controller.enqueue(typeof piece === 'string' ? Buffer.from(piece) : piece)
    },
  })
}
