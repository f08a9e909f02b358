import { seeded } from '../shared/random.mjs'
import { Agent } from './agent.mjs'
import { CartPole, LEFT } from './environment.mjs'

/** The average is of so many episodes. */
export const AVERAGE_OF = 20
/** From this average on Gymnasium calls CartPole-v1 solved. */
export const SOLVED = 475

/** An agent in its environment, one step at a time, episode after episode. */
export class Training {
  #environment
  #agent
  /** Number of the episode, from 1. */
  episode = 0
  /** Steps and rewards of this episode so far. */
  steps = 0
  return = 0
  /** Of the episodes that are over. */
  returns = []
  observation = [0, 0, 0, 0]
  action = LEFT
  /** How the episode ended: `fell`, `balanced`; undefined while it lasts. */
  outcome

  constructor({ seed }) {
    const random = seeded(seed)
    this.#environment = new CartPole({ random })
    this.#agent = new Agent({ random })
    this.#begin()
  }

  /** Of the last 20 episodes, or as many as there are. */
  get average() {
    const last = this.returns.slice(-AVERAGE_OF)
    return last.reduce((sum, value) => sum + value, 0) / Math.max(1, last.length)
  }

  get solved() {
    return this.returns.length >= AVERAGE_OF && this.average >= SOLVED
  }

  /** One step; the first of a new episode when the last one is over. */
  step() {
    if (this.outcome) this.#begin()
    this.action = this.#agent.act(this.observation)
    const { observation, reward, terminated, truncated } = this.#environment.step(this.action)
    this.#agent.learn(observation, terminated)
    this.observation = observation
    this.steps++
    this.return += reward
    if (!terminated && !truncated) return
    this.outcome = terminated ? 'fell' : 'balanced'
    this.returns.push(this.return)
  }

  #begin() {
    this.observation = this.#environment.reset()
    this.#agent.begin()
    this.episode++
    this.steps = 0
    this.return = 0
    this.outcome = undefined
  }
}
