import { describeEngine } from '../support/engines/cases.js'
import { LiveKit } from '../support/engines/livekit.js'

const ROOM = 'room'
const CLIENT = [
  new URL('../../node_modules/livekit-client/dist/livekit-client.umd.js', import.meta.url),
  new URL('../support/page/livekit.js', import.meta.url),
]

describeEngine(
  'LiveKit',
  LiveKit.path !== undefined,
  async () => {
    const liveKit = await LiveKit.start()
    let count = 0
    return {
      whipUrl: liveKit.whipUrl,
      address: '127.0.0.1',
      token: liveKit.token(ROOM, 'publisher'),
      wrongToken: liveKit.token(ROOM, 'publisher', 'another-secret-of-32-characters-at-least'),
      refusal: 401,
      start: () => liveKit.start(),
      kill: () => liveKit.kill(),
      close: () => liveKit.kill(),
      watch: (stage) =>
        stage.show('(a) => livekit.join(a)', {
          url: liveKit.url,
          token: liveKit.token(ROOM, `viewer-${++count}`),
        }),
      choose: (player, quality) => player.ask('(a) => livekit.choose(a)', { quality: quality.toUpperCase() }),
    }
  },
  { scripts: CLIENT, hasSimulcast: true },
)
