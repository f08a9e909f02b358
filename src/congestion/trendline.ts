import type { GroupDelta } from './arrival-groups.js'

/** Groups that the line is fitted to (libwebrtc: kDefaultTrendlineWindowSize). */
const WINDOW = 20
/** Weight of the past in the smoothed delay (kDefaultTrendlineSmoothingCoeff). */
const SMOOTHING = 0.9

interface Point {
  readonly arrivedAt: number
  readonly delay: number
}

/**
 * Slope of the queueing delay over time: ms of delay that come with each ms. About
 * (rate − capacity) / capacity: above 0 a queue fills up, below 0 it empties (libwebrtc:
 * trendline_estimator.cc, which replaced the Kalman filter of draft-ietf-rmcat-gcc-02 §5.3).
 */
export class Trendline {
  readonly #points: Point[] = []
  #accumulated = 0
  #smoothed = 0
  #slope = 0

  /** 0 until enough groups have arrived. */
  get slope(): number {
    return this.#slope
  }

  update({ sent, arrived, arrivedAt }: GroupDelta): void {
    this.#accumulated += arrived - sent
    this.#smoothed = SMOOTHING * this.#smoothed + (1 - SMOOTHING) * this.#accumulated
    this.#points.push({ arrivedAt, delay: this.#smoothed })
    if (this.#points.length > WINDOW) this.#points.shift()
    if (this.#points.length === WINDOW) this.#slope = slopeOf(this.#points) ?? this.#slope
  }

  reset(): void {
    this.#points.length = 0
    this.#accumulated = 0
    this.#smoothed = 0
    this.#slope = 0
  }
}

/** Least squares; undefined when all points lie at one time. */
function slopeOf(points: readonly Point[]): number | undefined {
  const x = points.reduce((sum, { arrivedAt }) => sum + arrivedAt, 0) / points.length
  const y = points.reduce((sum, { delay }) => sum + delay, 0) / points.length
  let covariance = 0
  let variance = 0
  for (const { arrivedAt, delay } of points) {
    covariance += (arrivedAt - x) * (delay - y)
    variance += (arrivedAt - x) ** 2
  }
  return variance === 0 ? undefined : covariance / variance
}
