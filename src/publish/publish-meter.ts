import type { PublicationPhase, PublishMeasures } from '../common/measures.js'

/** What a publication that is not over has come to so far. */
export interface MeasuredPublication {
  readonly track: string
  readonly phase: PublicationPhase
  readonly connections: number
  readonly bytes: number
}

type Sums = Omit<PublishMeasures, 'track' | 'now'>

/** Counts the publications of all tracks, also those that are over. */
export class PublishMeter {
  readonly #over = new Map<string, Sums>()

  /** One is over. */
  end({ track, connections, bytes }: MeasuredPublication, isFailure: boolean): void {
    const sums = this.#over.get(track) ?? { reconnections: 0, failures: 0, bytes: 0 }
    this.#over.set(track, {
      reconnections: sums.reconnections + Math.max(0, connections - 1),
      failures: sums.failures + Number(isFailure),
      bytes: sums.bytes + bytes,
    })
  }

  /** A track is gone, and its publications with it. */
  forget(track: string): void {
    this.#over.delete(track)
  }

  /** Everything by track, with those that are not over. */
  read(running: Iterable<MeasuredPublication>): PublishMeasures[] {
    const byTrack = new Map<string, MeasuredPublication[]>()
    for (const track of this.#over.keys()) byTrack.set(track, [])
    for (const publication of running) {
      const others = byTrack.get(publication.track) ?? []
      byTrack.set(publication.track, [...others, publication])
    }
    return [...byTrack].map(([track, publications]) => {
      const { reconnections = 0, failures = 0, bytes = 0 } = this.#over.get(track) ?? {}
      const count = (phase: PublicationPhase) => publications.filter((one) => one.phase === phase).length
      return {
        track,
        now: {
          connecting: count('connecting'),
          connected: count('connected'),
          waiting: count('waiting'),
        },
        reconnections: publications.reduce(
          (sum, { connections }) => sum + Math.max(0, connections - 1),
          reconnections,
        ),
        failures,
        bytes: publications.reduce((sum, one) => sum + one.bytes, bytes),
      }
    })
  }
}
