/**
 * Told apart by people with any kind of colour vision: Okabe and Ito's palette (Color Universal Design,
 * 2008), its dark ones lightened, so that each stands out from the dark halo as well as from its neighbours.
 */
export const PALETTE = ['#56b4e9', '#f0a020', '#2fd0a0', '#f0e442', '#ff7f50', '#ee9ac6', '#c8b6ff'] as const

/** The same for the same label, on every page and at all times. */
export function paletteColor(kind: string): string {
  // FNV-1a: short, and spreads labels that differ by a letter.
  let hash = 0x811c9dc5
  for (let i = 0; i < kind.length; i++) hash = Math.imul(hash ^ kind.charCodeAt(i), 0x01000193)
  return PALETTE[(hash >>> 0) % PALETTE.length] as string
}

/** Black or white, whichever is easier to read on a colour. @param color `#rrggbb`; on another form black */
export function textOn(color: string): '#000' | '#fff' {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color)
  return match && luminance(match.slice(1).map((part) => Number.parseInt(part, 16))) < 0.179 ? '#fff' : '#000'
}

/** WCAG 2, relative luminance; black and white contrast equally at 0.179. */
export function luminance(rgb: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
