import type { Chance } from './chance.js'

export type Input = string | Uint8Array

/** A target whose every input is a call of a function, in a child process. */
export interface PureTarget {
  readonly name: string
  /** What gets the inputs. */
  readonly about: string
  /** Inputs, unless told otherwise; and when it has to be quick. */
  readonly count: number
  readonly quick: number
  /** Before the first input: samples that take a moment to make. */
  prepare?(): Promise<void>
  make(chance: Chance): Input
  /** Whether it was taken for a good one. Throws when something is wrong: refusals are caught inside. */
  run(input: Input): boolean | Promise<boolean>
}

/** What came of some inputs. */
export interface Outcome {
  /** Inputs that were taken for good ones. */
  accepted: number
  readonly failures: Failure[]
}

export interface Failure {
  /** Of the input, or of the first that it may be. */
  readonly index: number
  readonly what: string
  /** The one that did it, or the last ones before it was seen. */
  readonly inputs: readonly Input[]
}
