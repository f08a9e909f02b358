import { PixelcastViewElement } from './element.js'

/** Registers `<pixelcast-view>`; does nothing outside a browser, or when it is registered already. */
export function registerPixelcastView(): void {
  if (typeof customElements === 'undefined' || customElements.get('pixelcast-view')) return
  customElements.define('pixelcast-view', PixelcastViewElement)
}
