import type { HistogramCounts } from '../../common/histogram.js'
import type { EngineMeasures, PublishMeasures, TrackMeasures } from '../../common/measures.js'
import type { IngestCounts } from '../ingest/counts.js'
import type { RequestCounts } from './request-counts.js'

export type Labels = Readonly<Record<string, string | number>>
/** Hands over one value of a metric. */
export type Put<V> = (labels: Labels, value: V) => void

/** All that is known when somebody asks. */
export interface Sources {
  readonly engine: EngineMeasures
  readonly publishing: readonly PublishMeasures[]
  readonly isReady: boolean
  readonly ingest: IngestCounts | undefined
  readonly requests: RequestCounts
}

/** A metric: its name, what it is, and where its values are found. */
export type Definition =
  | {
      readonly kind: 'counter' | 'gauge'
      readonly name: string
      readonly help: string
      readonly labels?: readonly string[]
      readonly read: (sources: Sources, put: Put<number>) => void
    }
  | {
      readonly kind: 'histogram'
      readonly name: string
      readonly help: string
      /** What a unit of the bounds and of the sum is in the metric's: 0.001 of milliseconds. */
      readonly unit: number
      readonly read: (sources: Sources, put: Put<HistogramCounts>) => void
    }

type Reader = (track: TrackMeasures, put: Put<number>) => void

/** Of each track: the label `track` is added. */
function ofTracks(read: Reader): (sources: Sources, put: Put<number>) => void {
  return ({ engine }, put) => {
    for (const track of engine.tracks)
      read(track, (labels, value) => put({ track: track.name, ...labels }, value))
  }
}

const MS = 0.001
const TRACK = ['track']
const CODEC = ['track', 'codec']
const WAY = ['track', 'codec', 'transport']

function counter(
  name: string,
  help: string,
  labels: readonly string[],
  read: (sources: Sources, put: Put<number>) => void,
): Definition {
  return { kind: 'counter', name: `pixelcast_${name}_total`, help, labels, read }
}

function gauge(
  name: string,
  help: string,
  labels: readonly string[],
  read: (sources: Sources, put: Put<number>) => void,
): Definition {
  return { kind: 'gauge', name: `pixelcast_${name}`, help, labels, read }
}

function histogram(
  name: string,
  help: string,
  unit: number,
  read: (sources: Sources, put: Put<HistogramCounts>) => void,
): Definition {
  return { kind: 'histogram', name: `pixelcast_${name}`, help, unit, read }
}

/** A counter of what is sent to the viewers of a track. */
function sent(
  name: string,
  help: string,
  pick: (sums: TrackMeasures['sending'][number]) => number,
): Definition {
  return counter(
    name,
    help,
    WAY,
    ofTracks(({ sending }, put) => {
      for (const sums of sending) put({ codec: sums.codec, transport: sums.transport }, pick(sums))
    }),
  )
}

/** A counter of what is published of a track. */
function published(name: string, help: string, pick: (measures: PublishMeasures) => number): Definition {
  return counter(name, help, TRACK, ({ publishing }, put) => {
    for (const measures of publishing) put({ track: measures.track }, pick(measures))
  })
}

/** Every metric of a server but those of the process. docs/operation.md has the same list; a test holds that. */
export const DEFINITIONS: readonly Definition[] = [
  gauge('ready', '1 while new sessions are taken, as /readyz says.', [], ({ isReady }, put) =>
    put({}, Number(isReady)),
  ),
  gauge('tracks', 'Tracks there are.', [], ({ engine }, put) => put({}, engine.tracks.length)),
  gauge(
    'viewers',
    'Sessions there are, connected or about to be.',
    WAY,
    ofTracks(({ sending }, put) => {
      for (const { codec, transport, viewers } of sending) put({ codec, transport }, viewers)
    }),
  ),
  counter('sessions_started', 'Sessions begun.', ['codec', 'transport'], ({ engine }, put) => {
    for (const { codec, transport, count } of engine.begun) put({ codec, transport }, count)
  }),
  counter('sessions_ended', 'Sessions ended, by class of reason.', ['cause'], ({ engine }, put) => {
    for (const [cause, count] of Object.entries(engine.ended)) put({ cause }, count)
  }),
  counter(
    'images_pushed',
    'Images that producers queued.',
    TRACK,
    ofTracks(({ pushed }, put) => put({}, pushed)),
  ),
  counter(
    'images_dropped',
    'Images that were queued or offered, and never encoded.',
    ['track', 'cause'],
    ofTracks(({ dropped }, put) => {
      for (const [cause, count] of Object.entries(dropped)) put({ cause }, count)
    }),
  ),
  counter(
    'images_refused',
    'Images that were none, or had a mistake.',
    TRACK,
    ofTracks(({ refused }, put) => put({}, refused)),
  ),
  histogram('image_queue_seconds', 'How long images waited for the encoders.', MS, ({ engine }, put) => {
    for (const { name, queue } of engine.tracks) put({ track: name }, queue)
  }),
  histogram('conversion_seconds', 'Time to decode and convert an image.', MS, ({ engine }, put) => {
    for (const { name, conversion } of engine.tracks) put({ track: name }, conversion)
  }),
  histogram('encode_seconds', 'Time to encode a picture.', MS, ({ engine }, put) => {
    for (const { name, encoding } of engine.tracks)
      for (const { codec, time } of encoding) put({ track: name, codec }, time)
  }),
  gauge(
    'encoders',
    'Encoders that run.',
    TRACK,
    ofTracks(({ encoders }, put) => put({}, encoders)),
  ),
  counter(
    'frames_encoded',
    'Pictures encoded, repetitions of a still one included.',
    CODEC,
    ofTracks(({ encoding }, put) => {
      for (const { codec, encoded } of encoding) put({ codec }, encoded)
    }),
  ),
  counter(
    'keyframes',
    'Keyframes among the pictures encoded.',
    CODEC,
    ofTracks(({ encoding }, put) => {
      for (const { codec, keyframes } of encoding) put({ codec }, keyframes)
    }),
  ),
  counter(
    'frames_skipped',
    'Pictures that were not encoded: all who watch were busy, fewer a second are wanted, or the rate control left them out.',
    ['track', 'codec', 'cause'],
    ofTracks(({ encoding }, put) => {
      for (const { codec, skipped } of encoding)
        for (const [cause, count] of Object.entries(skipped)) put({ codec, cause }, count)
    }),
  ),
  sent('frames_sent', 'Frames sent to viewers, to each of them.', ({ frames }) => frames),
  sent(
    'frames_dropped',
    'Encoded frames that were not sent to a viewer because it could not follow.',
    ({ framesDropped }) => framesDropped,
  ),
  counter(
    'keyframes_needed',
    'Keyframes that viewers needed, by cause.',
    ['track', 'codec', 'transport', 'cause'],
    ofTracks(({ sending }, put) => {
      for (const { codec, transport, keyframes } of sending)
        for (const [cause, count] of Object.entries(keyframes)) put({ codec, transport, cause }, count)
    }),
  ),
  sent('sent_bytes', 'Bytes sent to viewers, headers and retransmissions included.', ({ bytes }) => bytes),
  sent('packets_sent', 'Media packets sent, first sendings only.', ({ packets }) => packets),
  sent('packets_retransmitted', 'Packets sent again on request.', ({ retransmissions }) => retransmissions),
  sent('packets_padding', 'Packets sent to find out how much a network takes.', ({ padding }) => padding),
  sent('stalls', 'Times that a viewer had to wait for a keyframe.', ({ stalls }) => stalls),
  sent(
    'stalled_seconds',
    'Time that viewers had to wait for keyframes.',
    ({ stalledTime }) => stalledTime * MS,
  ),
  histogram('round_trip_seconds', 'Round trip time, of each viewer once a second.', MS, ({ engine }, put) => {
    for (const { transport, roundTripTime } of engine.networks) put({ transport }, roundTripTime)
  }),
  histogram(
    'packet_loss_ratio',
    'Share of packets lost, of each viewer once a second.',
    1,
    ({ engine }, put) => {
      for (const { transport, loss } of engine.networks) put({ transport }, loss)
    },
  ),
  histogram(
    'estimated_bytes_per_second',
    'What the network of a viewer takes, of each once a second.',
    1 / 8,
    ({ engine }, put) => {
      for (const { transport, estimate } of engine.networks) put({ transport }, estimate)
    },
  ),
  gauge(
    'publications',
    'Publications to engines elsewhere, by state.',
    ['track', 'state'],
    ({ publishing }, put) => {
      for (const { track, now } of publishing)
        for (const [state, count] of Object.entries(now)) put({ track, state }, count)
    },
  ),
  published('publications_failed', 'Publications that engines refused for good.', ({ failures }) => failures),
  published(
    'publication_reconnects',
    'Times that a publication was connected again.',
    ({ reconnections }) => reconnections,
  ),
  published(
    'published_bytes',
    'Bytes sent to engines elsewhere, headers and retransmissions included.',
    ({ bytes }) => bytes,
  ),
  counter('ingest_images', 'Images that came over HTTP, by fate.', ['fate'], ({ ingest }, put) => {
    if (ingest) for (const [fate, count] of Object.entries(ingest.read())) put({ fate }, count)
  }),
  counter(
    'http_requests',
    'HTTP requests answered, by class of route.',
    ['route', 'status'],
    ({ requests }, put) => {
      for (const { route, status, count } of requests.read()) put({ route, status }, count)
    },
  ),
]
