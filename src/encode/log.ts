import { AV_LOG_FATAL } from 'node-av/constants'
import { Log } from 'node-av/lib'

/** FFmpeg writes to the process's stderr, which is the application's. Its errors reach us as results. */
export function quietFfmpeg(): void {
  Log.setLevel(AV_LOG_FATAL)
}
