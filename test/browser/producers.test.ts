import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, launch } from '../support/browser.js'
import { Child } from '../support/child.js'
import { Stage } from '../support/player.js'
import type { ProducersApi } from '../support/producers-process.js'
import { until } from '../support/wait.js'

const MOST_HELD = 5

let browser: Browser
let stage: Stage
beforeAll(async () => {
  browser = await launch('chromium')
  stage = await Stage.open(browser)
})
afterAll(async () => {
  await stage?.close()
  await browser?.close()
})

async function start(track: string) {
  const server = await Child.start<ProducersApi>('test/support/producers-process.ts', ['--expose-gc'])
  const url = new URL(`whep/${track}`, await server.call('open', track))
  return { server, url }
}

describe('producers in workers that are killed', () => {
  // Two hundred threads take as long as the machine lets them.
  it('leave no torn picture and no slot behind, 200 of them', { timeout: 150_000 }, async () => {
    const { server, url } = await start('mortal')
    await server.call('pushFlat', 40)
    const player = await stage.play(url)
    await player.started()
    await stage.page.evaluate(WATCH_FOR_TEARS)
    const outcome = await server.call('outlive', { workers: 200, seed: 5 })
    await server.call('pushFlat', 120)
    await player.waitFor('the last image', '({ pixel }) => Math.abs(pixel(480, 270)[0] - 120) <= 3')
    const screen = await stage.page.evaluate<Screen>('screenOfFlats')
    await player.leave()
    await server.kill()

    expect(Object.values(outcome.deaths).reduce((sum, count) => sum + count)).toBe(200)
    expect(outcome.torn, 'images of the track of no server').toBe(0)
    expect(outcome.taken).toBeGreaterThan(100)
    // The levels of one picture are one; those of two are 50 apart or more.
    expect(screen.torn, 'pictures with a range of levels').toEqual([])
    expect(screen.changes, 'pictures unlike the one before').toBeGreaterThan(20)
    // Whoever holds an image leaves a slot, and some of those that push.
    expect(outcome.held).toBeGreaterThan(20)
    expect(outcome.leaked).toBe(0)
    expect(outcome.allocated).toEqual([MOST_HELD, MOST_HELD])
    expect(outcome.files[1] - outcome.files[0], 'more open files').toBeLessThanOrEqual(4)
    // A hundred workers that leave an image each would add 200; Node takes some for so many threads.
    expectPlateau(outcome.residentMiB, 80)
  })
})

describe('a producer of a thousand images a second', () => {
  it('takes no memory, and the newest is always on screen', async () => {
    const { server, url } = await start('fast')
    const images = 5_000
    const flood = server.call('flood', { images, width: 640, height: 480 })
    const player = await stage.play(url)
    const outcome = await flood
    await player.waitFor('the last image', `({ value }) => value === ${images}`)
    // On screen is not yet noted: the page hears of a frame a moment after it can be drawn.
    const values = await until('the last frame is noted', async () => {
      const noted = (await player.frames()).map(({ value }) => value ?? -1)
      return noted.at(-1) === images && noted
    })
    await player.leave()
    await server.kill()

    expect(outcome.pushed).toBe(images)
    expect(values).not.toContain(-1)
    for (let i = 1; i < values.length; i++) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]!)
    expect(new Set(values).size).toBeGreaterThan(50)
    // 2,500 images of 1.2 MiB.
    expectPlateau(outcome.residentMiB, 40)
  })
})

/** Memory in MiB, in ten equal steps: the second half adds little to what the first took. */
function expectPlateau(memory: readonly number[], most: number): void {
  expect(memory.length).toBeGreaterThanOrEqual(10)
  const half = Math.floor(memory.length / 2)
  expect(Math.max(...memory.slice(half))).toBeLessThan(Math.max(...memory.slice(0, half)) + most)
}

interface Screen {
  readonly pictures: number
  readonly changes: number
  /** Of each picture that was not flat: its number, and the level of each of its rows. */
  readonly torn: readonly string[]
}

/** Looks at every picture whether it is flat. */
const WATCH_FOR_TEARS = `(() => {
  const video = document.querySelector('video')
  const [width, height] = [32, 45]
  const canvas = document.createElement('canvas')
  Object.assign(canvas, { width, height })
  const context = canvas.getContext('2d', { willReadFrequently: true })
  const screen = { pictures: 0, changes: 0, torn: [] }
  globalThis.screenOfFlats = screen
  let last = 0
  const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]
  const look = () => {
    video.requestVideoFrameCallback(look)
    context.drawImage(video, 0, 0, width, height)
    const { data } = context.getImageData(0, 0, width, height)
    const levels = data.filter((_, index) => index % 4 === 1)
    // Images are written row by row. A codec that is short of bits leaves a block or two as they were (seen).
    const rows = Array.from({ length: height }, (_, y) => middle(levels.subarray(y * width, (y + 1) * width)))
    const sorted = rows.toSorted((a, b) => a - b).slice(2, -2)
    screen.pictures++
    if (sorted.at(-1) - sorted[0] > 25) screen.torn.push(screen.pictures + ': ' + rows.join(' '))
    if (Math.abs(middle(rows) - last) > 25) screen.changes++
    last = middle(rows)
  }
  look()
})()`
