import { EngineError, OptionError } from '../../../src/common/errors.js'
import { HighGui, type HighGuiOptions } from '../../../src/highgui/index.js'
import type { PixelcastServer } from '../../../src/host/index.js'
import {
  type ImageTrack,
  type InputMessage,
  RemoteViewer,
  type TrackCommand,
  type TrackLink,
} from '../../../src/track/index.js'

/** What `HighGui` sees of a server, without an engine. */
class Stub {
  readonly tracks = new Map<string, ImageTrack>()
  readonly commands: TrackCommand[] = []

  addTrack(track: ImageTrack): ImageTrack {
    if (this.tracks.has(track.name))
      throw new OptionError({ field: 'track name', expected: 'one that is not taken', actual: track.name })
    this.tracks.set(track.name, track)
    const link: TrackLink = {
      connect: () => Promise.reject(new EngineError('there is no engine')),
      publish: () => Promise.reject(new EngineError('there is no engine')),
      send: (command) => void this.commands.push(command),
      remove: async () => void this.tracks.delete(track.name),
    }
    track.attach(link)
    return track
  }
}

export const GRAY = { data: new Uint8Array(64 * 48), width: 64, height: 48, format: 'gray8' } as const

/** Windows on a stub of a server, and viewers that do something. */
export class Room {
  readonly server = new Stub()
  readonly gui: HighGui

  constructor(options: HighGuiOptions = {}) {
    this.gui = new HighGui({ server: this.server as unknown as PixelcastServer, ...options })
  }

  /** Something that a viewer of a window did comes to the program. */
  receive(window: string, message: InputMessage, viewer = 'a'): void {
    this.server.tracks.get(window)?.receive(message, viewerOf(viewer, window))
  }

  press(window: string, key: string, mods = 0): void {
    this.receive(window, { t: 'key', type: 'down', key, code: '', repeat: false, mods })
    this.receive(window, { t: 'key', type: 'up', key, code: '', repeat: false, mods })
  }

  leave(window: string, viewer = 'a'): void {
    this.server.tracks.get(window)?.report('leave', viewerOf(viewer, window), 'closed')
  }
}

function viewerOf(id: string, track: string): RemoteViewer {
  return new RemoteViewer(id, track, { close: () => {}, stats: async () => undefined })
}
