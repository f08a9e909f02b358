import type { KeyMessage, PointerMessage, ViewerMessage } from '../common/channel-protocol.js'
import {
  type ClickEvent,
  changedButtons,
  fateOfKey,
  type KeyEvent,
  keyMessage,
  type Modifiers,
  modifiersOf,
  type PointerLike,
  pointerMessage,
  type TurnEvent,
  wheelMessage,
} from './input-messages.js'
import { type Placement, type Point, toSource, within } from './placement.js'

/** What the input needs to know and to do. */
export interface InputHost {
  /** Whether the server listens. */
  readonly listened: boolean
  /** Where the picture lies; undefined while there is none. */
  readonly placement: Placement | undefined
  /** Whether sending lags behind: moves can then be left out. */
  readonly busy: boolean
  send(message: ViewerMessage): void
  /** Calls back with the next picture of the screen. */
  frame(callback: () => void): void
}

/** A `Tool` of the surface: takes keys, mouse, pen and touch to the server, in pixels of the source image. */
export class Input {
  readonly #host: InputHost
  /** By `code`: the same key has another `key` when Shift was released first. */
  readonly #keys = new Map<string, KeyMessage>()
  readonly #pointers = new Map<number, PointerMessage>()
  #move: PointerMessage | undefined
  #pressed: Pick<PointerMessage, 'kind' | 'id'> = { kind: 'mouse', id: 1 }
  #framePlanned = false
  /** The pointer that is over the picture without a button. */
  #over: PointerMessage | undefined

  constructor(host: InputHost) {
    this.#host = host
  }

  down(event: PointerLike, at: Point): boolean {
    const source = this.#inside(at)
    if (!source) return false
    this.#button('down', event, source, event.button)
    return true
  }

  drag(event: PointerLike, at: Point): void {
    const source = this.#source(at)
    const held = this.#pointers.get(event.pointerId)
    if (!source || !held) return
    const changes = changedButtons(held.buttons, event.buttons)
    for (const { button, down } of changes) this.#button(down ? 'down' : 'up', event, source, button)
    if (changes.length > 0) return
    this.#pointers.set(event.pointerId, pointerMessage('move', event, source, -1))
    this.#plan(pointerMessage('move', event, source, -1))
  }

  up(event: PointerLike, at: Point): void {
    const source = this.#source(at)
    if (source && this.#pointers.delete(event.pointerId)) {
      const message = pointerMessage('up', event, source, event.button)
      this.#send(message)
      // A mouse that is released outside leaves with its next move; a finger is simply gone.
      if (message.kind !== 'touch') this.#over = { ...message, button: -1 }
    }
  }

  cancel(pointerId: number): void {
    const held = this.#pointers.get(pointerId)
    this.#pointers.delete(pointerId)
    if (held) this.#send({ ...held, type: 'cancel', button: -1, buttons: 0 })
  }

  hover(event: PointerLike, at: Point): boolean {
    const source = this.#inside(at)
    if (!source) {
      this.leave(event)
      return false
    }
    this.#over = pointerMessage('move', event, source, -1)
    this.#plan(this.#over)
    return true
  }

  leave(event: Modifiers): boolean {
    if (!this.#over) return false
    this.#send({ ...this.#over, type: 'leave', mods: modifiersOf(event) })
    this.#over = undefined
    return true
  }

  wheel(event: TurnEvent, at: Point): boolean {
    const source = this.#inside(at)
    if (!source) return false
    this.#send(wheelMessage(event, source))
    return true
  }

  double(event: ClickEvent, at: Point): boolean {
    const source = this.#inside(at)
    if (!source) return false
    // `dblclick` does not say what was pressed twice: it was what was pressed last.
    const { kind, id } = this.#pressed
    const { shiftKey, ctrlKey, altKey, metaKey, buttons } = event
    const pointer = { pointerType: kind, pointerId: id, shiftKey, ctrlKey, altKey, metaKey, buttons }
    this.#send(pointerMessage('double', pointer, source, event.button))
    return true
  }

  menu(_event: unknown, at: Point): boolean {
    return this.#inside(at) !== undefined
  }

  key(event: KeyEvent): boolean {
    const message = keyMessage(event)
    if (message.type === 'up') {
      // Also of a key that the browser owns by now (Ctrl came after it): what went down must come up.
      if (!this.#keys.delete(event.code)) return false
      this.#send(message)
      // A Mac tells nothing of keys that are released while Meta is held.
      if (event.key === 'Meta') this.#releaseKeys()
      return fateOfKey(event) === 'take'
    }
    const fate = this.#host.listened ? fateOfKey(event) : 'leave'
    if (fate === 'leave') return false
    this.#keys.set(event.code, message)
    this.#send(message)
    return fate === 'take'
  }

  /** The keyboard went elsewhere. */
  blur(): void {
    this.#releaseKeys()
    for (const id of [...this.#pointers.keys()]) this.cancel(id)
  }

  /** The right to control is gone, or the connection: nothing is held any more. */
  forget(): void {
    this.#keys.clear()
    this.#pointers.clear()
    this.#move = this.#over = undefined
  }

  #releaseKeys(): void {
    for (const held of this.#keys.values()) this.#send({ ...held, type: 'up', repeat: false, mods: 0 })
    this.#keys.clear()
  }

  #button(type: 'down' | 'up', event: PointerLike, source: Point, button: number): void {
    const message = pointerMessage(type, event, source, button)
    this.#over = undefined
    this.#pressed = message
    this.#pointers.set(event.pointerId, message)
    this.#send(message)
  }

  /** A mouse tells its place up to a thousand times a second; the last one before each picture is enough. */
  #plan(message: PointerMessage): void {
    // Another finger's place is not this one's.
    if (this.#move && this.#move.id !== message.id) this.#flush()
    this.#move = message
    if (this.#framePlanned) return
    this.#framePlanned = true
    this.#host.frame(() => {
      this.#framePlanned = false
      if (!this.#host.busy) this.#flush()
    })
  }

  #flush(): void {
    const move = this.#move
    this.#move = undefined
    if (move && this.#host.listened) this.#host.send(move)
  }

  /** Anything but a move goes out at once, after the move that came before it. */
  #send(message: ViewerMessage): void {
    this.#flush()
    if (this.#host.listened) this.#host.send(message)
  }

  #source(at: Point): Point | undefined {
    const { placement } = this.#host
    return placement && toSource(placement, at)
  }

  #inside(at: Point): Point | undefined {
    const { placement, listened } = this.#host
    const source = this.#source(at)
    return listened && placement && source && within(placement.source, source) ? source : undefined
  }
}
