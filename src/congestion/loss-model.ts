/** Weight of an observation against the one after it (libwebrtc: TemporalWeightFactor). */
const AGEING = 0.9
/** Loss that is never ruled out (InherentLossLowerBound). */
const LEAST_INHERENT = 0.001
/** Steps in which the inherent loss is sought; it is found to a thousandth of its range. */
const STEPS = 15
/** The inverse of the golden ratio, by which a bracket shrinks that is searched with one evaluation a step. */
const GOLDEN = (Math.sqrt(5) - 1) / 2
/** What a packet's worth of evidence a higher rate is trusted for, per e-fold (HigherLogBwBiasFactor). */
const PREFERENCE = 0.02

/** What happened to the packets of a quarter of a second. */
export interface Observation {
  /** Bits per second that were sent. */
  readonly rate: number
  readonly packets: number
  readonly lost: number
}

/**
 * How likely the observations are if the path loses `inherent` of everything and, beyond `bandwidth`, all
 * that is above it; for the inherent loss that makes them likeliest. As log-likelihood, the higher the
 * better (libwebrtc: loss_based_bwe_v2.cc, GetObjective and GetLossProbability).
 *
 * @param observations the oldest first
 * @param mostInherent the highest inherent loss to believe in
 */
export function explain(
  observations: readonly Observation[],
  bandwidth: number,
  mostInherent: number,
): { readonly inherent: number; readonly likelihood: number } {
  // The likelihood has one peak over the inherent loss.
  let low = LEAST_INHERENT
  let high = Math.max(mostInherent, LEAST_INHERENT)
  let left = high - GOLDEN * (high - low)
  let right = low + GOLDEN * (high - low)
  let atLeft = likelihood(observations, bandwidth, left)
  let atRight = likelihood(observations, bandwidth, right)
  for (let i = 0; i < STEPS; i++) {
    if (atLeft > atRight) {
      high = right
      right = left
      atRight = atLeft
      left = high - GOLDEN * (high - low)
      atLeft = likelihood(observations, bandwidth, left)
    } else {
      low = left
      left = right
      atLeft = atRight
      right = low + GOLDEN * (high - low)
      atRight = likelihood(observations, bandwidth, right)
    }
  }
  return { inherent: (low + high) / 2, likelihood: Math.max(atLeft, atRight) }
}

function likelihood(observations: readonly Observation[], bandwidth: number, inherent: number): number {
  const preference = PREFERENCE * Math.log(bandwidth)
  let sum = 0
  let weight = 1
  for (let i = observations.length - 1; i >= 0; i--) {
    const { rate, packets, lost } = observations[i]!
    const excess = rate > bandwidth ? (rate - bandwidth) / rate : 0
    const loss = Math.min(1 - 1e-6, inherent + (1 - inherent) * excess)
    sum += weight * (lost * Math.log(loss) + (packets - lost) * Math.log(1 - loss) + packets * preference)
    weight *= AGEING
  }
  return sum
}
