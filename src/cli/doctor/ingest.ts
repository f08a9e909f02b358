import { isLoopback } from '../options.js'
import type { StageOptions } from '../stage.js'
import { type Finding, finding } from './finding.js'

/** Who may send images over HTTP; nothing to say when nobody asked for it. */
export function checkIngest({ host, ingest, ingestToken }: StageOptions): readonly Finding[] {
  if (!ingest) return []
  if (ingestToken !== undefined)
    return finding('ingest', 'ok', `who shows the token may send images to ${host}`)
  if (isLoopback(host))
    return finding('ingest', 'ok', 'programs of this machine may send images, web pages and others may not')
  return finding('ingest', 'fail', `on ${host} nobody may send images without --ingest-token`)
}
