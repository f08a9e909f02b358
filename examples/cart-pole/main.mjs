// A cart that learns to balance a pole, live in the browser.
//
//   node examples/cart-pole/main.mjs [--seed 35] [--speed 1]
import { createServer } from 'pixelcast'
import { commandLine, fail, numberOption, pause, stopSignal } from '../shared/program.mjs'
import { TAU } from './environment.mjs'
import { Renderer } from './renderer.mjs'
import { Training } from './training.mjs'

/** The end of an episode stays on screen so long, ms. */
const PAUSE = 400
/** Later than this (ms), and the time is lost: the process was stopped, or the machine asleep. */
const FAR_BEHIND = 500

const { values: options } = commandLine('node examples/cart-pole/main.mjs [--seed 35] [--speed 1]', {
  seed: { type: 'string', default: '35' },
  speed: { type: 'string', default: '1' },
})
const speed = numberOption('speed', options.speed, 0.1, 100)
const training = new Training({ seed: numberOption('seed', options.seed, 0, 2 ** 32 - 1) })
const renderer = new Renderer()

const stop = stopSignal()
const server = await createServer({ port: Number(process.env.PORT ?? 8080) }).catch(fail)
const track = server.addTrack('cart-pole')
console.log(`Watch at ${server.url}view/cart-pole`)

let due = performance.now()
while (!stop.aborted) {
  if (performance.now() - due > FAR_BEHIND) due = performance.now()
  // Steps are taken by the clock. Whoever is late takes several and draws once.
  do {
    training.step()
    due += (1000 * TAU) / speed
  } while (due <= performance.now() && !training.outcome)
  renderer.draw(training)
  track.addImage(renderer.canvas)
  if (training.outcome) {
    report(training)
    due += PAUSE / speed
  }
  await pause(due - performance.now(), stop)
}
await server.close()

function report({ episode, return: sum, average, outcome }) {
  console.log(`Episode ${episode}: ${outcome} after ${sum} steps, average ${average.toFixed(1)}`)
}
