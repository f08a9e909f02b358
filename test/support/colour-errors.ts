import { measure, patchCentres } from './images.js'
import type { Player } from './player.js'
import { until } from './wait.js'

/** DESIGN: within 3/255 per channel. */
const TOLERANCE = 3

/** Which of the patches (see `patches`) are not shown in their colour, when they had 5 s to become so. */
export async function colourErrors(player: Player, width: number, height: number): Promise<string[]> {
  let off: string[] = []
  await until(
    'colours within 3/255',
    async () => {
      const screen = await player.pixels()
      off = patchCentres(width, height).flatMap((area) => {
        const { mean, worstFrom } = measure(screen, area)
        return worstFrom(area.colour) <= TOLERANCE ? [] : [`${area.colour} shown as ${mean.map(Math.round)}`]
      })
      return off.length === 0
    },
    5_000,
  ).catch(() => {})
  return off
}
