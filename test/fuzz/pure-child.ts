// The process in which pure targets run: an abort ends it alone, and the runner knows by which input.
import { openSync, writeSync } from 'node:fs'
import { answerCalls } from '../support/child.js'
import { Chance } from './chance.js'
import { PURE_TARGETS } from './pure/index.js'
import type { Failure, Input, Outcome } from './target.js'

export interface PureChildApi {
  /** Runs inputs by their indices; the one at work is written to the file before. Ends at the tenth failure. */
  run(request: {
    target: string
    seed: number
    from: number
    count: number
    progress: string
  }): Promise<Outcome>
  /** Makes one again, for whoever saw it end the process. */
  make(request: { target: string; seed: number; index: number }): Promise<Input>
  /** Runs inputs that were saved. */
  replay(request: { target: string; inputs: readonly Input[] }): Promise<Outcome>
  measure(): { readonly residentKiB: number; readonly heapKiB: number }
}

const MOST_FAILURES = 10

async function targetOf(name: string) {
  const target = PURE_TARGETS.find((one) => one.name === name)
  if (!target) throw new Error(`no target ${name}`)
  await target.prepare?.()
  return target
}

answerCalls<PureChildApi>({
  async run({ target: name, seed, from, count, progress }) {
    const target = await targetOf(name)
    const file = openSync(progress, 'w')
    const place = Buffer.alloc(8)
    const failures: Failure[] = []
    let accepted = 0
    for (let index = from; index < from + count; index++) {
      place.writeDoubleLE(index)
      writeSync(file, place, 0, 8, 0)
      const input = target.make(new Chance(seed, index))
      try {
        const taken = target.run(input)
        if (typeof taken === 'boolean' ? taken : await taken) accepted++
      } catch (error) {
        failures.push({ index, what: String(error instanceof Error ? error.stack : error), inputs: [input] })
        if (failures.length >= MOST_FAILURES) break
      }
    }
    return { accepted, failures }
  },

  async make({ target, seed, index }) {
    return (await targetOf(target)).make(new Chance(seed, index))
  },

  async replay({ target: name, inputs }) {
    const target = await targetOf(name)
    const failures: Failure[] = []
    let accepted = 0
    for (const [index, input] of inputs.entries())
      try {
        if (await target.run(input)) accepted++
      } catch (error) {
        failures.push({ index, what: String(error instanceof Error ? error.stack : error), inputs: [input] })
      }
    return { accepted, failures }
  },

  measure() {
    globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    return { residentKiB: Math.round(rss / 1024), heapKiB: Math.round(heapUsed / 1024) }
  },
})
