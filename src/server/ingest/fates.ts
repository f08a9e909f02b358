import { SignalingError } from '../../common/errors.js'
import type { IngestGate } from './settings.js'

/** Counts what becomes of a single image; throws what `work` throws. */
export async function countFate(gate: IngestGate, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    gate.count?.(error instanceof SignalingError && error.status === 503 ? 'dropped' : 'refused')
    throw error
  }
  gate.count?.('taken')
}

/** Says when a stream begins and ends, whatever its end. */
export async function toldOf<T>(gate: IngestGate, name: string, work: () => Promise<T>): Promise<T> {
  gate.sender?.(name, 'begun')
  try {
    return await work()
  } finally {
    gate.sender?.(name, 'ended')
  }
}
