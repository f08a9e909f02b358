import type { ServerMessage, ViewerMessage } from '../common/channel-protocol.js'
import { FreeGestures, OwnGestures } from './gestures.js'
import { Input } from './input.js'
import { Inspector } from './inspector.js'
import type { Shown } from './picture.js'
import type { Placement } from './placement.js'
import { SelectTool } from './select-tool.js'
import { Surface, type Tool } from './surface.js'
import { Trackbars } from './trackbars.js'
import { type ZoomHost, Zooming } from './zooming.js'

/** The controls of a track follow `hello` at once: when none have come by then, there are none, ms. */
const CONTROLS_WITHIN_MS = 500

/** What interaction needs of the element. */
export interface InteractionHost extends ZoomHost {
  readonly placement: Placement | undefined
  readonly shown: Shown
  /** Whether the server listens, and is to be told. */
  readonly listened: boolean
  readonly busy: boolean
  /** Whether the plain wheel may zoom: else it scrolls the page. */
  readonly wheelFree: boolean
  send(message: ViewerMessage): void
}

/** All that a person does to the picture, and what shows it. */
export class Interaction {
  readonly zooming: Zooming
  readonly inspector: Inspector
  readonly select: SelectTool
  readonly trackbars: Trackbars
  readonly #host: InteractionHost
  readonly #input: Input
  #surface: HTMLElement | undefined
  #stale: ReturnType<typeof setTimeout> | undefined

  constructor(host: InteractionHost) {
    this.#host = host
    this.zooming = new Zooming(host)
    this.inspector = new Inspector(host)
    this.trackbars = new Trackbars((name, value) => host.send({ t: 'control', name, value }))
    this.select = new SelectTool({
      get placement() {
        return host.placement
      },
      selected: (id, rect) => host.send(rect ? { t: 'selected', id, rect } : { t: 'selected', id }),
      changed: () => {
        if (this.select.active) this.#input.blur()
        this.update()
      },
      focus: () => this.#focus(),
    })
    this.#input = new Input({
      get listened() {
        return host.listened
      },
      get placement() {
        return host.placement
      },
      get busy() {
        return host.busy
      },
      send: (message) => host.send(message),
      frame: (callback) => requestAnimationFrame(callback),
    })
  }

  /**
   * Begins to listen.
   * @param bar buttons that keep the keyboard after a click
   * @param others tools that come after choosing a rectangle, before the program's and the free ones
   */
  attach(root: HTMLElement, bar: HTMLElement, others: readonly Tool[]): void {
    const own = new OwnGestures(this.zooming)
    const free = new FreeGestures(this.zooming, () => this.#host.wheelFree)
    const surface = new Surface(root, [
      this.inspector,
      own,
      this.select,
      ...others,
      this.#input,
      only(free, () => !this.#host.listened),
    ])
    own.surface = surface
    this.#surface = root
    this.trackbars.passKeys(
      (event) => surface.key(event),
      () => surface.blur(),
      root,
    )
    // The program's keys went nowhere after a click there, and the space bar would click again. Who came by
    // the keyboard (`detail` is 0 then) stays.
    bar.addEventListener('click', ({ detail }) => {
      if (detail > 0 && this.#host.listened) this.#focus()
    })
    // A ring around the whole picture is for those who came to it by the keyboard, and not for a page
    // that gave it the focus as it began.
    root.addEventListener('keyup', ({ key }) => {
      if (key === 'Tab') root.classList.add('ring')
    })
    root.addEventListener('blur', () => root.classList.remove('ring'))
  }

  /** A message of the server, if it is about any of this. */
  receive(message: ServerMessage): void {
    if (message.t === 'hello') this.#stale = setTimeout(() => this.trackbars.show([]), CONTROLS_WITHIN_MS)
    else if (message.t === 'controls') {
      clearTimeout(this.#stale)
      this.trackbars.show(message.controls)
    } else if (message.t === 'control') this.trackbars.set(message.name, message.value)
    else if (message.t === 'select') {
      if (!this.#host.listened) return
      const isNew = this.select.begin(message)
      // Whoever types elsewhere in the page goes on.
      if (isNew && this.#surface && isFocusFree(this.#surface)) this.#focus()
    } else if (message.t === 'unselect') this.select.end(message.id)
  }

  /** The right to control came or went, or the connection. */
  update(): void {
    const { listened } = this.#host
    if (!listened) {
      this.#input.forget()
      this.select.end()
    }
    this.trackbars.enabled = listened
    const root = this.#surface
    if (!root) return
    root.classList.toggle('listened', listened && !this.select.active)
    root.classList.toggle('choosing', this.select.active)
    root.classList.toggle('zoomed', this.zooming.zoom !== undefined)
  }

  /** Another track, maybe: nothing of the last one is left. */
  forget(): void {
    clearTimeout(this.#stale)
    this.trackbars.show([])
    this.update()
  }

  #focus(): void {
    this.#surface?.focus({ preventScroll: true })
  }

  /** The picture lies elsewhere. */
  layout(): void {
    this.inspector.refresh()
    this.select.layout()
    this.update()
  }
}

/** Whether nothing else in the page has the keyboard but the element that this is in. */
function isFocusFree(inside: Node): boolean {
  const root = inside.getRootNode()
  if (!(root instanceof ShadowRoot)) return true
  const { host } = root
  const { activeElement } = host.getRootNode() as Document | ShadowRoot
  if (activeElement === host) return true
  return (activeElement === null || activeElement === document.body) && isFocusFree(host)
}

/** A tool that is asked only under a condition; what it has begun it also ends. */
function only(tool: FreeGestures, condition: () => boolean): Tool {
  return {
    down: (event, at) => condition() && tool.down(event, at),
    drag: (event, at) => tool.drag(event, at),
    up: (event) => tool.up(event),
    cancel: (id) => tool.cancel(id),
    wheel: (event, at) => condition() && tool.wheel(event, at),
    double: (event, at) => condition() && tool.double(event, at),
    key: (event) => condition() && tool.key(event),
  }
}
