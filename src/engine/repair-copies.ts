/** Below this, what is lost is mostly repaired by the first repetition. */
const SOME_LOSS = 0.01
/** From this on, two would cost as much as the media … */
const MUCH_LOSS = 0.12
/** … and while packets wait in the network, they are lost because there are too many. */
const STANDING_QUEUE = 25

/**
 * How often to send a lost packet again for one request, on a path that loses packets for no reason of
 * ours. A repetition that is lost, too, costs another round trip, and the picture stands still for more than
 * 200 ms: at 5 % loss and 60 ms of round trip that happened twelve times a minute with one copy (measured).
 *
 * @param loss share lost lately, 0…1
 * @param queueDelay ms that packets wait in the network
 */
export function repairCopies(loss: number, queueDelay: number): number {
  if (loss < SOME_LOSS || queueDelay > STANDING_QUEUE) return 1
  return loss < MUCH_LOSS ? 3 : 2
}
