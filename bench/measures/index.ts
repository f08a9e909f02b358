import type { Measure } from '../bench.js'
import { addImage } from './add-image.js'
import { dropRate } from './drop-rate.js'
import { firstFrame } from './first-frame.js'
import { blockedProducer, contents, glassToGlass, lateViewer } from './glass-to-glass.js'
import { keyToPixel, pointing } from './input.js'
import { longRun } from './long.js'
import { colours, still } from './picture.js'
import { python } from './python.js'
import { hundred, viewers } from './viewers.js'

/** In the order in which they run and are reported. */
export const MEASURES: readonly Measure[] = [
  glassToGlass,
  contents,
  blockedProducer,
  lateViewer,
  firstFrame,
  viewers,
  hundred,
  addImage,
  dropRate,
  still,
  colours,
  python,
  keyToPixel,
  pointing,
  longRun,
]
