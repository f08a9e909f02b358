import { GlobalFonts } from '@napi-rs/canvas'

const LIKED = ['Inter', 'Noto Sans', 'DejaVu Sans', 'Liberation Sans', 'Arial']
const installed = GlobalFonts.families.map(({ family }) => family)

/** A font of this machine. A bare server has none, and a canvas then draws no text at all. */
export const FONT = LIKED.find((family) => installed.includes(family)) ?? installed[0] ?? 'sans-serif'
if (installed.length === 0)
  console.warn(
    'There are no fonts on this machine, so pictures have no text: apt-get install fonts-dejavu-core',
  )
