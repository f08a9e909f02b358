import { checkKeys, checkOption } from '../common/errors.js'
import type { TrackCommand } from './commands.js'
import type { Rectangle, Selected } from './input.js'
import type { RemoteViewer } from './remote-viewer.js'

/** Options of `track.selectRectangle`; every one may be left out. */
export interface SelectOptions {
  /** Lines through the middle of the rectangle while it is drawn. Default true. */
  readonly crosshair?: boolean | undefined
  /** The rectangle grows around the point where drawing began, not from a corner. Default false. */
  readonly fromCenter?: boolean | undefined
  /** Ends the question; the promise resolves with undefined. */
  readonly signal?: AbortSignal | undefined
}

/** The rectangle that a viewer chose, in whole pixels of the source image, within it. */
export interface SelectedRectangle extends Rectangle {
  /** Who chose it. */
  readonly viewer: RemoteViewer
}

interface Question {
  readonly id: number
  readonly command: TrackCommand
  settle(answer: SelectedRectangle | undefined): void
}

/** The application's end of `selectRectangle`: one question at a time, the next when that is settled. */
export class Selections {
  readonly #questions: Question[] = []
  #nextId = 1
  #ended = false

  constructor(private readonly tell: (command: TrackCommand) => void) {}

  /** What an engine that knows nothing of it has to be told. */
  get commands(): TrackCommand[] {
    return this.#questions.slice(0, 1).map(({ command }) => command)
  }

  /** @throws OptionError */
  select(options: SelectOptions = {}): Promise<SelectedRectangle | undefined> {
    checkKeys(options, ['crosshair', 'fromCenter', 'signal'])
    const { crosshair = true, fromCenter = false, signal } = options
    checkOption(typeof crosshair === 'boolean', 'crosshair', 'true or false', crosshair)
    checkOption(typeof fromCenter === 'boolean', 'fromCenter', 'true or false', fromCenter)
    checkOption(signal === undefined || signal instanceof AbortSignal, 'signal', 'an AbortSignal', signal)
    if (this.#ended || signal?.aborted) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const id = this.#nextId++
      const withdraw = () => this.#withdraw(id)
      signal?.addEventListener('abort', withdraw, { once: true })
      const command: TrackCommand = { do: 'select', id, crosshair, fromCenter }
      this.#questions.push({
        id,
        command,
        settle: (answer) => {
          signal?.removeEventListener('abort', withdraw)
          resolve(answer)
        },
      })
      if (this.#questions.length === 1) this.tell(command)
    })
  }

  /** The engine has the answer to the question that it was asked. */
  answer({ id, rect }: Selected, viewer: RemoteViewer): void {
    const question = this.#questions[0]
    if (question?.id !== id) return // it was withdrawn meanwhile
    this.#questions.shift()
    this.#askNext()
    question.settle(rect && { ...rect, viewer })
  }

  /** Nobody will answer any more. */
  end(): void {
    this.#ended = true
    for (const { settle } of this.#questions.splice(0)) settle(undefined)
  }

  #withdraw(id: number): void {
    const at = this.#questions.findIndex((question) => question.id === id)
    const [question] = this.#questions.splice(at, 1)
    if (at === 0) {
      this.tell({ do: 'unselect', id })
      this.#askNext()
    }
    question?.settle(undefined)
  }

  #askNext(): void {
    const next = this.#questions[0]
    if (next) this.tell(next.command)
  }
}
