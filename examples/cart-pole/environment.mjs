/*
 * The cart and the pole of Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult
 * learning control problems", IEEE Transactions on Systems, Man, and Cybernetics 13(5), 1983, p. 834 to 846:
 * the equations of its appendix without friction, as Sutton's pole.c and Gymnasium's CartPole-v1 have them.
 */
const GRAVITY = 9.8 // m/s²
const CART_MASS = 1 // kg
const POLE_MASS = 0.1 // kg
const TOTAL_MASS = CART_MASS + POLE_MASS
/** Half of the pole's length, m: from the joint to the middle, where its weight pulls. */
const HALF_LENGTH = 0.5
/** The cart is pushed with this force to the one side or the other, N. */
const FORCE = 10

/** From one step to the next, s. */
export const TAU = 0.02
/** The cart has left the track beyond this distance from its middle, m. */
export const TRACK_LIMIT = 2.4
/** The pole has fallen beyond this angle from upright, rad. */
export const ANGLE_LIMIT = (12 * Math.PI) / 180
/** An episode is cut off after so many steps. */
export const MAX_STEPS = 500
/** The whole pole, m. */
export const POLE_LENGTH = 2 * HALF_LENGTH

export const LEFT = 0
export const RIGHT = 1

/** The accelerations of cart (m/s²) and pole (rad/s²) in a state, with a force (N) at the cart. */
export function accelerations([, , angle, angularVelocity], force) {
  const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
  const push = (force + POLE_MASS * HALF_LENGTH * angularVelocity ** 2 * sin) / TOTAL_MASS
  const angular = (GRAVITY * sin - cos * push) / (HALF_LENGTH * (4 / 3 - (POLE_MASS * cos ** 2) / TOTAL_MASS))
  return { cart: push - (POLE_MASS * HALF_LENGTH * angular * cos) / TOTAL_MASS, pole: angular }
}

/** Gymnasium's CartPole-v1: `reset()`, then `step(action)` until it is terminated or truncated. */
export class CartPole {
  #random
  #tau
  #steps = 0
  #over = true
  #state = [0, 0, 0, 0]

  /** `random` gives numbers in 0…1; `tau` is the time from step to step, s. */
  constructor({ random = Math.random, tau = TAU } = {}) {
    this.#random = random
    this.#tau = tau
  }

  /** The cart's position (m) and velocity (m/s), the pole's angle (rad, right is positive) and its velocity (rad/s). */
  get state() {
    return [...this.#state]
  }

  /** Begins an episode, near upright unless a state is given. Gives the observation. */
  reset(state) {
    this.#state = state ? [...state] : Array.from({ length: 4 }, () => 0.1 * this.#random() - 0.05)
    this.#steps = 0
    this.#over = false
    return this.state
  }

  /** Pushes the cart `LEFT` or `RIGHT` for one step. */
  step(action) {
    if (this.#over) throw new Error('the episode is over: call reset()')
    if (action !== LEFT && action !== RIGHT) throw new RangeError(`action: expected 0 or 1, got ${action}`)
    const acceleration = accelerations(this.#state, action === RIGHT ? FORCE : -FORCE)
    const [x, velocity, angle, angularVelocity] = this.#state
    // Euler's method: everything moves on with the velocity that it had
    this.#state = [
      x + this.#tau * velocity,
      velocity + this.#tau * acceleration.cart,
      angle + this.#tau * angularVelocity,
      angularVelocity + this.#tau * acceleration.pole,
    ]
    const terminated = Math.abs(this.#state[0]) > TRACK_LIMIT || Math.abs(this.#state[2]) > ANGLE_LIMIT
    const truncated = ++this.#steps >= MAX_STEPS
    this.#over = terminated || truncated
    return { observation: this.state, reward: 1, terminated, truncated }
  }
}
