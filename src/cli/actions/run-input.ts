import type { ImageTrack } from '../../track/index.js'
import { CliError, explain } from '../errors.js'
import type { AnyInput } from '../input/open.js'
import { play } from '../player.js'
import { systemClock } from '../player-clock.js'
import { Remarks } from '../terminal/remarks.js'
import type { Terminal } from '../terminal/terminal.js'

/** How an input ended, for whoever decides whether the command ends with it. */
export interface Ending {
  /** Images that were shown. */
  readonly shown: number
  /** Why it could not go on; undefined when it came to its end. */
  readonly error?: unknown
}

/** Shows an input on its track until its end, and says on the terminal what happens. Never rejects. */
export async function runInput(
  input: AnyInput,
  track: ImageTrack,
  signal: AbortSignal,
  terminal: Terminal,
  { exit = false }: { readonly exit?: boolean },
): Promise<Ending> {
  const { name } = track
  const bad = new Remarks((line) => terminal.warn(`${name}: ${line}`))
  let firstBad: unknown
  const onBadImage = (error: unknown) => {
    firstBad ??= error
    // of a single image that is the end, and said as such
    if (input.kind !== 'image') bad.add(explain(error))
  }
  const stays = exit ? '' : '; its last image stays'
  let shown = 0
  try {
    if (input.kind === 'live') {
      const target = {
        track: { addImage: countingImages(), allocate: track.allocate.bind(track) },
        note: (text: string) => terminal.note(`${name}: ${text}`),
        warn: (text: string) => terminal.warn(`${name}: ${text}`),
        onBadImage,
      }
      const { remark } = await input.run(target, signal)
      tellEnd(remark)
    } else {
      await play(input, countingImages(), systemClock, signal, {
        onBadImage,
        onBehind: (ms) => terminal.warn(`${name}: playing is ${Math.round(ms)} ms behind`),
      })
      if (shown === 0 && !signal.aborted) throw firstBad ?? new CliError('no image could be shown')
      if (input.kind !== 'image') tellEnd(undefined, '--loop starts again')
    }
    return { shown }
  } catch (error) {
    if (shown > 0) terminal.warn(`${name}: ${explain(error)}${stays}`)
    return { shown, error }
  } finally {
    bad.flush()
  }

  function countingImages(): ImageTrack['addImage'] {
    return (image) => {
      const taken = track.addImage(image)
      shown++
      return taken
    }
  }

  function tellEnd(remark: string | undefined, hint?: string): void {
    if (signal.aborted) return
    terminal.note(`${name}: the end${remark ? ` ${remark}` : ''}${stays}${hint && !exit ? ` (${hint})` : ''}`)
  }
}
