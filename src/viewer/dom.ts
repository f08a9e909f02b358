const SVG = 'http://www.w3.org/2000/svg'

/** Makes an element with attributes and children. No markup is parsed: any text is only text. */
export function html<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

/** The same for SVG. */
export function svg(
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: Node[]
): SVGElement {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

/** A line icon of 16×16, drawn in the colour of the text; hidden from screen readers. */
export function icon(path: string): SVGElement {
  return svg('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: path }))
}

export const ICONS = {
  stats: 'M2.5 13.5v-4M6.2 13.5v-8M9.8 13.5v-6M13.5 13.5v-11',
  fullscreen: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  minus: 'M3 8h10',
  plus: 'M3 8h10M8 3v10',
  snapshot:
    'M1.8 5.5a1 1 0 0 1 1-1H5l1.2-1.8h3.6L11 4.5h2.2a1 1 0 0 1 1 1v6.7a1 1 0 0 1-1 1H2.8a1 1 0 0 1-1-1zM10.4 8.7a2.4 2.4 0 1 1-4.8 0 2.4 2.4 0 0 1 4.8 0z',
  record: 'M13 8A5 5 0 1 1 3 8a5 5 0 0 1 10 0z',
  eye: 'M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM10 8a2 2 0 1 1-4 0 2 2 0 0 1 4 0z',
  objects: 'M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M5.5 5.5h5v5h-5z',
  image: 'M2.5 3.5h11v9h-11zM2.5 10.5l3-3 2.7 2.7 1.8-1.7 3.5 3.2M10.4 6.2h.01',
} as const

/** Sets text only when it differs: an assistive technology reads a live region again when it is set. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}
