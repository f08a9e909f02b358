import type { ElementView } from './element-view.js'
import { CanvasRecorder } from './recorder.js'
import type { Recording } from './recording.js'
import { download, type Paint, paintWithin, takeSnapshot } from './snapshot.js'
import { fileName } from './urls.js'
import type { SnapshotOptions } from './viewer-types.js'

/** Snapshots and recordings of an element's picture. */
export class Captures {
  readonly #view: ElementView
  /** What lies over the picture, for those that want it. */
  readonly #overlay: Paint
  readonly #layout: () => void
  #recording: CanvasRecorder | undefined
  /** The recording that will be saved when it ends. */
  #toSave: CanvasRecorder | undefined

  /** @param layout puts the picture in its place */
  constructor(view: ElementView, layout: () => void) {
    this.#view = view
    this.#layout = layout
    this.#overlay = (context, image) => view.overlay.paintOver(context, image)
  }

  get recording(): Recording | undefined {
    return this.#recording
  }

  /** @throws Error when there is no picture */
  snapshot({ overlay }: SnapshotOptions): Promise<Blob> {
    const { shown, placement } = this.#laidOut
    return takeSnapshot(shown, placement, overlay ? this.#overlay : undefined)
  }

  /** @throws Error when there is no picture, when one is being recorded, or when the browser cannot */
  record({ overlay }: SnapshotOptions): Recording {
    const { placement, video, bar } = this.#laidOut
    if (!placement) throw new Error('There is no picture yet')
    if (this.#recording) throw new Error('The picture is being recorded already')
    const recording = new CanvasRecorder({
      video,
      size: placement.source,
      paint: (context, room) => {
        const { shown, placement } = this.#laidOut
        paintWithin(context, room, shown, placement, overlay ? this.#overlay : undefined)
      },
    })
    this.#recording = recording
    bar.showRecording(() => recording.seconds)
    void recording.finished.then(() => {
      this.#recording = undefined
      bar.showRecording(undefined)
    })
    return recording
  }

  /** Lets the browser save the picture. */
  async saveSnapshot(src: string): Promise<void> {
    // Without a picture the button does nothing.
    const file = await this.snapshot({ overlay: true }).catch(() => undefined)
    if (file) download(file, fileName(src, 'png', new Date()))
  }

  /** Begins a recording, or ends the one under way; when it ends, by whom ever, the browser saves it. */
  toggleRecording(src: string): void {
    if (this.#recording) void this.#recording.stop()
    else
      try {
        this.record({ overlay: true })
      } catch {
        // No picture yet, or a browser that cannot: the button does nothing.
        return
      }
    void this.#save(src)
  }

  /** The view with the picture in its place, also when a picture of another size has only just come. */
  get #laidOut(): ElementView {
    if (this.#view.isOutgrown) this.#layout()
    return this.#view
  }

  async #save(src: string): Promise<void> {
    const recording = this.#recording
    if (!recording || recording === this.#toSave) return
    this.#toSave = recording
    const file = await recording.finished
    if (file.size > 0) download(file, fileName(src, file.type.replace('video/', ''), new Date()))
  }
}
