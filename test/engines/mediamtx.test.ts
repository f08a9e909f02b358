import { describeEngine } from '../support/engines/cases.js'
import { MediaMtx } from '../support/engines/mediamtx.js'
import { until } from '../support/wait.js'

describeEngine('MediaMTX', MediaMtx.path !== undefined, async () => {
  const mediaMtx = await MediaMtx.start()
  return {
    whipUrl: mediaMtx.whipUrl,
    address: '127.0.0.1',
    token: MediaMtx.token,
    wrongToken: `${MediaMtx.token}-of-somebody-else`,
    // It means 401; the words say so.
    refusal: 400,
    start: () => mediaMtx.start(),
    kill: () => mediaMtx.kill(),
    close: () => mediaMtx.close(),
    // There is nothing to watch until the first packets of what is published have come.
    watch: (stage) => until('MediaMTX has the stream', () => stage.play(mediaMtx.whepUrl, { codec: 'h264' })),
  }
})
