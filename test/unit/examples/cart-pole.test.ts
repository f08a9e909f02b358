import { describe, expect, it } from 'vitest'
import { boxOf } from '../../../examples/cart-pole/agent.mjs'
import { accelerations, CartPole, LEFT, MAX_STEPS, RIGHT } from '../../../examples/cart-pole/environment.mjs'
import { SOLVED, Training } from '../../../examples/cart-pole/training.mjs'
import { seeded } from '../../support/random.js'

const RADIAN = Math.PI / 180
type State = [x: number, velocity: number, angle: number, angularVelocity: number]

/** What `gymnasium.make('CartPole-v1')` (1.4.0) makes of a state and actions, its own `state` after each step. */
const GYMNASIUM: { start: State; actions: number[]; states: State[]; terminated: boolean }[] = [
  {
    start: [0.01, -0.02, 0.03, 0.04],
    actions: [1, 0, 1, 1, 0],
    states: [
      [0.009600000000000001, 0.17467919574755525, 0.030799999999999998, -0.24306871796000826],
      [0.013093583914951107, -0.020868848948191993, 0.025938625640799833, 0.05916799993941643],
      [0.012676206935987267, 0.1738717748734813, 0.02712198563958816, -0.22521957255967348],
      [0.016153642433456895, 0.36859581150093934, 0.022617594188394693, -0.5092253183122193],
      [0.023525558663475683, 0.17316263692575581, 0.012433087822150307, -0.2095015286811473],
    ],
    terminated: false,
  },
  {
    start: [0, 0, 0, 0],
    actions: [1, 1, 1, 1, 1, 1, 1, 1, 1],
    states: [
      [0, 0.1951219512195122, 0, -0.2926829268292683],
      [0.0039024390243902443, 0.3902439024390244, -0.005853658536585366, -0.5853658536585366],
      [0.011707317073170733, 0.585447355516259, -0.0175609756097561, -0.8798869825388553],
      [0.023416264183495912, 0.7808034338579373, -0.035158715260533206, -1.1780385785990666],
      [0.03903233286065466, 0.9763639236140543, -0.05871948683251454, -1.4815325603291771],
      [0.058559611332935746, 1.1721510553135377, -0.08835013803909808, -1.79196071115366],
      [0.0820026324392065, 1.3681454181757822, -0.12418935226217129, -2.1107467512963214],
      [0.10936554080272214, 1.5642715615169862, -0.16640428728809772, -2.4390881298455973],
      [0.14065097203306187, 1.7603811257683097, -0.21518604988500967, -2.777886494012814],
    ],
    terminated: true,
  },
  {
    start: [2.35, 2, -0.1, -0.5],
    actions: [0, 1],
    states: [
      [2.39, 1.806419476403296, -0.11, -0.24043088355103487],
      [2.426128389528066, 2.0029268222224217, -0.1148086176710207, -0.5656852160024727],
    ],
    terminated: true,
  },
]

describe('the physics of the cart-pole', () => {
  it.each(GYMNASIUM)('are those of Gymnasium from $start on', ({ start, actions, states, terminated }) => {
    const environment = new CartPole()
    environment.reset(start)
    const results = actions.map((action) => environment.step(action))
    for (const [i, { observation, reward }] of results.entries()) {
      for (const [k, value] of observation.entries()) expect(value).toBeCloseTo(states[i]![k]!, 12)
      expect(reward).toBe(1)
    }
    expect(results.map((result) => result.terminated)).toEqual(
      actions.map((_, i) => terminated && i === actions.length - 1),
    )
  })

  it('fulfil the equations of motion, which are solved for the accelerations in another way here', () => {
    const random = seeded(1)
    for (let i = 0; i < 200; i++) {
      const [angle, spin, force] = [random() * 6 - 3, random() * 8 - 4, random() * 40 - 20]
      const { cart, pole } = accelerations([0, 0, angle, spin], force)
      // of a cart of 1 kg with a uniform rod of 0.1 kg, half of it l = 0.5 m:
      // (M + m) x″ + m l θ″ cos θ − m l θ′² sin θ = F   and   4/3 m l² θ″ + m l x″ cos θ − m g l sin θ = 0
      const moment = 0.1 * 0.5
      expect(1.1 * cart + moment * pole * Math.cos(angle) - moment * spin ** 2 * Math.sin(angle)).toBeCloseTo(
        force,
        9,
      )
      expect(
        (4 / 3) * moment * 0.5 * pole + moment * cart * Math.cos(angle) - moment * 9.8 * Math.sin(angle),
      ).toBeCloseTo(0, 9)
    }
  })

  it('add the work of the force to the energy, the better the finer the steps', () => {
    const energy = ([, v, angle, spin]: State) =>
      0.55 * v ** 2 +
      0.05 * v * spin * Math.cos(angle) +
      (2 / 3) * 0.1 * 0.25 * spin ** 2 +
      0.05 * 9.8 * Math.cos(angle)
    /** What is wrong with the energy after 0.1 s of pushing to the right, J. */
    const mistake = (tau: number) => {
      const environment = new CartPole({ tau })
      const start: State = [0, 0.3, 0.1, -0.2]
      environment.reset(start)
      for (let i = 0; i < Math.round(0.1 / tau); i++) environment.step(RIGHT)
      const end = environment.state as State
      return energy(end) - energy(start) - 10 * (end[0] - start[0])
    }
    expect(Math.abs(mistake(0.02))).toBeLessThan(0.12)
    // Euler's method is of first order: half the step, half the mistake
    expect(mistake(0.002) / mistake(0.001)).toBeCloseTo(2, 1)
  })
})

describe('the environment', () => {
  it.each<[string, State, boolean]>([
    ['just within 12°', [0, 0, 11.99 * RADIAN, 0], false],
    ['just beyond 12°', [0, 0, 12.01 * RADIAN, 0], true],
    ['just beyond 12° to the left', [0, 0, -12.01 * RADIAN, 0], true],
    ['just within 2.4 m', [2.399, 0, 0, 0], false],
    ['just beyond 2.4 m', [2.401, 0, 0, 0], true],
    ['just beyond 2.4 m to the left', [-2.401, 0, 0, 0], true],
  ])('%s', (_what, state, over) => {
    const environment = new CartPole()
    environment.reset(state)
    // nothing moves in the first step but what has a velocity
    expect(environment.step(RIGHT)).toMatchObject({ terminated: over, truncated: false })
    if (over) expect(() => environment.step(LEFT)).toThrow('call reset()')
  })

  it('begins near upright, and is cut off after 500 steps', () => {
    const environment = new CartPole({ random: seeded(3) })
    for (let i = 0; i < 50; i++)
      for (const value of environment.reset()) expect(Math.abs(value)).toBeLessThanOrEqual(0.05)
    let [steps, over] = [0, false]
    while (!over) {
      // a controller that certainly balances it
      const [x, velocity, angle, spin] = environment.state as State
      const { terminated, truncated } = environment.step(
        0.1 * x + 0.2 * velocity + 2 * angle + 0.5 * spin > 0 ? RIGHT : LEFT,
      )
      steps++
      expect(terminated).toBe(false)
      over = truncated
    }
    expect(steps).toBe(MAX_STEPS)
  })

  it('takes no other action, and none before reset()', () => {
    expect(() => new CartPole().step(LEFT)).toThrow('call reset()')
    const environment = new CartPole()
    environment.reset()
    expect(() => environment.step(2)).toThrow('expected 0 or 1, got 2')
  })
})

describe('the agent', () => {
  it('tells 162 boxes apart', () => {
    const boxes = new Set<number>()
    for (const x of [-1, 0, 1])
      for (const velocity of [-1, 0, 1])
        for (const angle of [-7, -2, -0.5, 0.5, 2, 7])
          for (const spin of [-60, 0, 60]) boxes.add(boxOf([x, velocity, angle * RADIAN, spin * RADIAN]))
    expect(boxes.size).toBe(162)
    expect(Math.min(...boxes)).toBe(0)
    expect(Math.max(...boxes)).toBe(161)
  })

  it.each([35, 1, 2, 5, 9])('learns to balance (seed %i)', (seed) => {
    const training = new Training({ seed })
    while (!training.solved && training.returns.length < 200) training.step()
    expect(training.average).toBeGreaterThanOrEqual(SOLVED)
    // it had to learn it
    expect(training.returns.slice(0, 10).reduce((sum, value) => sum + value, 0) / 10).toBeLessThan(150)
  })
})
