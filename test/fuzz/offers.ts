import { OFFERS, smallOffer } from '../unit/signaling/fixtures.js'
import type { Chance } from './chance.js'
import { mutateLines } from './mutate.js'

/** The browsers' offers, and a small one with candidates, so that every line gets its turn. */
const SEEDS = [...OFFERS.values(), smallOffer()]

/** An offer, spoilt in most cases. */
export function offerText(chance: Chance): string {
  const seed = chance.pick(SEEDS)
  if (chance.oneIn(200))
    return String.fromCharCode(...Array.from({ length: 500 }, () => chance.below(65_536)))
  return chance.oneIn(50) ? seed : mutateLines(seed, chance)
}
