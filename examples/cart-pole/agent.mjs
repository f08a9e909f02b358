/*
 * The learner of the paper that the cart-pole is from (see environment.mjs). The states are divided into 162
 * boxes. For each box an associative search element (ASE) has a weight that says how likely it pushes to the
 * right, and an adaptive critic element (ACE) a prediction of how good it is to be there. All that it is ever
 * told is that the pole fell.
 */
import { LEFT, RIGHT } from './environment.mjs'

const DEGREE = Math.PI / 180
/** Where one box ends and the next begins, for each of the four numbers of an observation. */
const BORDERS = [
  [-0.8, 0.8],
  [-0.5, 0.5],
  [-6 * DEGREE, -DEGREE, 0, DEGREE, 6 * DEGREE],
  [-50 * DEGREE, 50 * DEGREE],
]
const BOXES = BORDERS.reduce((product, borders) => product * (borders.length + 1), 1)

// Learning rates, discount and decays: those of Sutton's program of the paper, pole.c.
const ACTOR_RATE = 1000
const CRITIC_RATE = 0.5
const DISCOUNT = 0.95
const ACTOR_TRACE = 0.9
const CRITIC_TRACE = 0.8

/** The box that an observation lies in, 0…161. */
export function boxOf(observation) {
  return BORDERS.reduce((box, borders, i) => {
    const place = borders.filter((border) => observation[i] >= border).length
    return box * (borders.length + 1) + place
  }, 0)
}

export class Agent {
  #random
  #weights = new Float64Array(BOXES)
  #values = new Float64Array(BOXES)
  // how much each box has to do with what happens now
  #eligible = new Float64Array(BOXES)
  #visited = new Float64Array(BOXES)
  #expected = 0

  /** `random` gives numbers in 0…1. */
  constructor({ random = Math.random } = {}) {
    this.#random = random
  }

  /** What to do, given an observation. */
  act(observation) {
    const box = boxOf(observation)
    const right = this.#random() < 1 / (1 + Math.exp(-this.#weights[box]))
    this.#eligible[box] += (1 - ACTOR_TRACE) * (right ? 0.5 : -0.5)
    this.#visited[box] += 1 - CRITIC_TRACE
    this.#expected = this.#values[box]
    return right ? RIGHT : LEFT
  }

  /** Learns from where the action led. `failed`: the pole fell, or the cart left the track. */
  learn(observation, failed) {
    const now = failed ? -1 : DISCOUNT * this.#values[boxOf(observation)]
    // better or worse than was expected: the paper's internal reinforcement
    const surprise = now - this.#expected
    for (let box = 0; box < BOXES; box++) {
      this.#weights[box] += ACTOR_RATE * surprise * this.#eligible[box]
      this.#values[box] += CRITIC_RATE * surprise * this.#visited[box]
      this.#eligible[box] *= ACTOR_TRACE
      this.#visited[box] *= CRITIC_TRACE
    }
  }

  /** Before a new episode: what was done in the last one has nothing to do with it. */
  begin() {
    this.#eligible.fill(0)
    this.#visited.fill(0)
  }
}
