import { FITS, type Fit } from './placement.js'
import type { ViewerTransport } from './transport.js'
import type { ViewerCodec, ViewerOptions } from './viewer-types.js'

/** In Node there is no `HTMLElement`: the module can be imported there, the element cannot be made. */
const Base = (typeof HTMLElement === 'undefined' ? class {} : HTMLElement) as typeof HTMLElement

/** The attributes of `<pixelcast-view>` as properties. */
export class ElementAttributes extends Base {
  static readonly observedAttributes = [
    'src',
    'token',
    'codec',
    'transport',
    'fit',
    'rendering',
    'controls',
    'stats',
    'overlay',
    'input',
    'pause-hidden',
  ]

  /** WHEP endpoint, absolute or relative to the page; empty: not connected. */
  get src(): string {
    return this.getAttribute('src') ?? ''
  }
  set src(value: string) {
    this.setAttribute('src', value)
  }

  /** Bearer token; empty: none. */
  get token(): string {
    return this.getAttribute('token') ?? ''
  }
  set token(value: string) {
    this.setAttribute('token', value)
  }

  /** Codecs to ask for, best first, with spaces between; empty: any. */
  get codec(): string {
    return this.getAttribute('codec') ?? ''
  }
  set codec(value: string) {
    this.setAttribute('codec', value)
  }

  /** `auto` (default): WebRTC, and a WebSocket where no UDP passes; `webrtc` or `websocket`: that one alone. */
  get transport(): 'auto' | ViewerTransport {
    const value = this.getAttribute('transport')
    return value === 'webrtc' || value === 'websocket' ? value : 'auto'
  }
  set transport(value: 'auto' | ViewerTransport) {
    this.setAttribute('transport', value)
  }

  /** How the picture lies in the element. Default `contain`. */
  get fit(): Fit {
    return FITS.find((fit) => fit === this.getAttribute('fit')) ?? 'contain'
  }
  set fit(value: Fit) {
    this.setAttribute('fit', value)
  }

  /** How a picture is enlarged. Default `auto`: sharp-edged pixels from three times the size on. */
  get rendering(): 'auto' | 'smooth' | 'pixelated' {
    const value = this.getAttribute('rendering')
    return value === 'smooth' || value === 'pixelated' ? value : 'auto'
  }
  set rendering(value: 'auto' | 'smooth' | 'pixelated') {
    this.setAttribute('rendering', value)
  }

  /** Whether there is a bar with buttons, and the track's trackbars. Default false. */
  get controls(): boolean {
    return this.hasAttribute('controls')
  }
  set controls(value: boolean) {
    this.toggleAttribute('controls', value)
  }

  /** Whether the statistics panel is shown. Default false. */
  get stats(): boolean {
    return this.hasAttribute('stats')
  }
  set stats(value: boolean) {
    this.toggleAttribute('stats', value)
  }

  /** Whether the objects of the metadata are drawn over the picture. Default true. */
  get overlay(): boolean {
    return this.getAttribute('overlay') !== 'off'
  }
  set overlay(value: boolean) {
    if (value) this.removeAttribute('overlay')
    else this.setAttribute('overlay', 'off')
  }

  /** `auto` (default): keys, mouse and touch go to the server when it listens to them; `off`: never. */
  get input(): 'auto' | 'off' {
    return this.getAttribute('input') === 'off' ? 'off' : 'auto'
  }
  set input(value: 'auto' | 'off') {
    this.setAttribute('input', value)
  }

  /**
   * After how many seconds that nobody sees the element its session ends; it comes back when it is
   * seen. Empty: 5. Null (default): it goes on.
   */
  get pauseHidden(): string | null {
    return this.getAttribute('pause-hidden')
  }
  set pauseHidden(value: string | null) {
    if (value === null) this.removeAttribute('pause-hidden')
    else this.setAttribute('pause-hidden', value)
  }
}

/** What the attributes ask of a viewer. */
export function viewerOptions(
  { codec, token, input, transport }: ElementAttributes,
  video: HTMLVideoElement,
): ViewerOptions {
  const codecs = codec.split(/\s+/).filter((name) => name !== '') as ViewerCodec[]
  return {
    video,
    transport,
    ...(token !== '' && { token }),
    ...(input === 'off' && { watchOnly: true }),
    ...(codecs.length > 0 && { codec: codecs }),
  }
}
