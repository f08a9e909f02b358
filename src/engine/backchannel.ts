import type { ServerMessage, ViewerMessage } from '../common/channel-protocol.js'
import { monotonicNow } from '../common/clock.js'
import type { InputMessage, Rectangle, TrackCommand, TrackSettings } from '../track/index.js'
import { ControlTable } from './control-table.js'
import { Question, withinImage } from './question.js'
import { Rights } from './rights.js'

/** A viewer whose data channel is open. */
export interface Participant {
  readonly identity: { readonly id: string }
  /** The first message. */
  greet(canControl: boolean): void
  /** @returns false when its channel is clogged, and the message was not sent */
  tell(message: ServerMessage): boolean
  closeChannel(): void
}

export interface BackchannelEvents {
  /** @returns false when so much of this viewer waits that it cannot be taken */
  onInput(viewer: string, message: InputMessage): boolean
  onRights(viewer: string, canControl: boolean): void
  /** Of the last image, pixels. */
  size(): { width: number; height: number } | undefined
}

/** News of controls are told not more often than this, ms … */
const TELL_INTERVAL = 8
/** … and so that telling takes a tenth of the thread at most, at some 10 µs a message. */
const TELL_TIME = 0.1
/** With more than so many changes at a time all controls go in one message. */
const MOST_NEWS = 8

/**
 * What comes back from the viewers of a track, and what they are told of it: who may control, the controls,
 * the question for a rectangle. Decides between viewers without the application, whose thread may be busy.
 */
export class Backchannel {
  readonly #participants = new Set<Participant>()
  readonly #rights: Rights<Participant>
  readonly #controls = new ControlTable<Participant>()
  /** Their channels were clogged when there was something to tell. */
  readonly #behind = new Set<Participant>()
  #question: Question<Participant> | undefined
  /** Of the last question, to be ended where its end could not be told. */
  #endedQuestion: number | undefined
  #listChanged = false
  #timer: NodeJS.Timeout | undefined
  #nextTelling = 0

  constructor(
    settings: Pick<TrackSettings, 'control'>,
    private readonly events: BackchannelEvents,
  ) {
    this.#rights = new Rights(settings.control)
  }

  /** A viewer's channel is open. */
  join(viewer: Participant, ruling: boolean | undefined): void {
    this.#participants.add(viewer)
    this.#rights.join(viewer, ruling)
    const canControl = this.#rights.has(viewer)
    viewer.greet(canControl)
    const controls = this.#controls.states
    if (controls.length > 0) this.#tell(viewer, { t: 'controls', controls })
    if (!canControl) return
    this.events.onRights(viewer.identity.id, true)
    if (this.#question) this.#tell(viewer, this.#question.message)
  }

  /** Its channel is closed, or it is gone. */
  leave(viewer: Participant): void {
    if (!this.#participants.delete(viewer)) return
    const had = this.#rights.has(viewer)
    const heir = this.#rights.leave(viewer)
    this.#behind.delete(viewer)
    this.#question?.forget(viewer)
    if (had) this.events.onRights(viewer.identity.id, false)
    if (heir) {
      this.events.onRights(heir.identity.id, true)
      this.#tell(heir, { t: 'rights', control: true })
      if (this.#question) this.#tell(heir, this.#question.message)
    }
    this.#checkDeclined(viewer)
  }

  /** What a viewer without the right does is nobody's business. */
  receive(viewer: Participant, message: Exclude<ViewerMessage, { t: 'ping' }>): void {
    if (!this.#rights.has(viewer)) return
    if (message.t === 'control') this.#move(viewer, message.name, message.value)
    else if (message.t === 'selected') this.#answer(viewer, message.id, message.rect)
    else this.#pass(viewer, message)
  }

  /** The application's word. */
  command(command: TrackCommand): void {
    switch (command.do) {
      case 'add-control':
        this.#controls.add(command.control, command.revision)
        this.#listChanged = true
        this.#tellSoon()
        break
      case 'set-control':
        this.#controls.set(command.name, command.value, command.revision)
        this.#tellSoon()
        break
      case 'remove-control':
        this.#controls.remove(command.name)
        this.#listChanged = true
        this.#tellSoon()
        break
      case 'select':
        this.#question = new Question(command.id, command.crosshair, command.fromCenter)
        for (const viewer of this.#rights.holders) this.#tell(viewer, this.#question.message)
        break
      case 'unselect':
        if (this.#question?.id === command.id) this.#endQuestion()
        break
    }
  }

  /** Once a second: who was behind is told all there is. */
  tick(): void {
    for (const viewer of [...this.#behind]) {
      this.#behind.delete(viewer)
      const canControl = this.#rights.has(viewer)
      this.#tell(viewer, { t: 'rights', control: canControl })
      this.#controls.markTold(monotonicNow())
      this.#tell(viewer, { t: 'controls', controls: this.#controls.states })
      if (!canControl) continue
      if (this.#question) this.#tell(viewer, this.#question.message)
      else if (this.#endedQuestion !== undefined)
        this.#tell(viewer, { t: 'unselect', id: this.#endedQuestion })
    }
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#participants.clear()
  }

  #takeList(): ServerMessage {
    return { t: 'controls', controls: this.#controls.takeAll(monotonicNow()) }
  }

  #pass(viewer: Participant, message: InputMessage): boolean {
    const isTaken = this.events.onInput(viewer.identity.id, message)
    // A person at a keyboard does not get there while the application works: this one means ill.
    if (!isTaken) viewer.closeChannel()
    return isTaken
  }

  #move(viewer: Participant, name: string, wish: number): void {
    const move = this.#controls.check(name, wish)
    if (!move) return // removed meanwhile
    const { value, revision, changes } = move
    if (changes && !this.#pass(viewer, { t: 'control', name, value, revision })) return
    this.#controls.move(name, value, viewer, value !== wish, monotonicNow())
    this.#tellSoon()
  }

  #answer(viewer: Participant, id: number, wish: Rectangle | undefined): void {
    if (this.#question?.id !== id) return // somebody else was faster
    const size = this.events.size()
    const rect = wish && size && withinImage(wish, size)
    if (!rect) {
      this.#question.decline(viewer)
      this.#checkDeclined(viewer)
    } else if (this.#pass(viewer, { t: 'selected', id, rect })) {
      this.#endQuestion(viewer)
    }
  }

  /** @param viewer the last one to decline, or to leave */
  #checkDeclined(viewer: Participant): void {
    if (!this.#question?.isDeclined(this.#rights.holders)) return
    if (this.events.onInput(viewer.identity.id, { t: 'selected', id: this.#question.id })) this.#endQuestion()
  }

  #endQuestion(by?: Participant): void {
    if (!this.#question) return
    const { id } = this.#question
    this.#question = undefined
    this.#endedQuestion = id
    for (const viewer of this.#rights.holders) if (viewer !== by) this.#tell(viewer, { t: 'unselect', id })
  }

  /** At once, or a moment after what was told last. */
  #tellSoon(): void {
    if (this.#timer || !(this.#listChanged || this.#controls.news > 0)) return
    const wait = this.#nextTelling - monotonicNow()
    if (wait <= 0) this.#tellNews()
    else
      this.#timer = setTimeout(() => {
        this.#timer = undefined
        this.#tellNews()
      }, wait)
  }

  #tellNews(): void {
    let count = 0
    if (this.#listChanged || this.#controls.news > MOST_NEWS) {
      this.#listChanged = false
      const list = this.#takeList()
      for (const viewer of this.#participants) this.#tell(viewer, list)
      count = this.#participants.size
    } else {
      for (const { name, value, except } of this.#controls.takeNews(monotonicNow())) {
        const message: ServerMessage = { t: 'control', name, value }
        for (const viewer of this.#participants) if (viewer !== except) this.#tell(viewer, message)
        count += this.#participants.size
      }
    }
    this.#nextTelling = monotonicNow() + Math.max(TELL_INTERVAL, count * TELL_TIME)
  }

  #tell(viewer: Participant, message: ServerMessage): void {
    if (!viewer.tell(message)) this.#behind.add(viewer)
  }
}
