import type { Scenario } from '../scenario.js'
import { drop } from './drop.js'
import { ideal } from './ideal.js'
import { heavyLoss, jitter, loss } from './impaired.js'
import { long } from './long.js'
import { rise } from './rise.js'
import { fastStart, slowStart } from './start.js'
import { twoViewers } from './two-viewers.js'

/** In the order in which they run and are shown. */
export const SCENARIOS: readonly Scenario[] = [
  ideal,
  drop,
  rise,
  slowStart,
  fastStart,
  loss,
  heavyLoss,
  jitter,
  twoViewers,
  long,
]
