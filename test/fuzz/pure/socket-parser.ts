import type { PipeEvents } from '../../../src/engine/message-pipe.js'
import { readSocketMessage } from '../../../src/engine/socket-message.js'
import { SocketViewer } from '../../../src/engine/socket-viewer.js'
import { Packetizer } from '../../../src/rtp/index.js'
import { socketMessage } from '../socket-messages.js'
import type { PureTarget } from '../target.js'

/** So many messages to one viewer, then to a new one: numbers of frames begin at 0. */
const MESSAGES = 60
const NO_LIMIT = 1e9
const LIMITS = {
  handshakeTime: 10_000,
  channel: { messages: NO_LIMIT, bytes: NO_LIMIT, messageBytes: NO_LIMIT },
}

let scene = newScene()

function newScene() {
  const thrown: unknown[] = []
  let listener: PipeEvents | undefined
  const viewer = new SocketViewer(
    { id: 'viewer-1', session: 'secret', track: 'numbers' },
    'h264',
    { rates: {}, limits: LIMITS },
    {
      onOpen: () => {},
      onClose: (reason) => thrown.push(new Error(`the session was ended: ${reason}`)),
      onKeyframeNeeded: () => {},
      onRate: () => {},
      onChannelOpen: () => {},
      onMessage: () => {},
      onChannelClosed: () => {},
      onLimit: () => {},
      onError: (error) => thrown.push(error),
    },
  )
  viewer.attach({
    buffered: 0,
    sendText: () => {},
    sendBytes: () => {},
    listen: (events) => {
      listener = events
    },
    close: () => {},
  })
  return {
    viewer,
    thrown,
    packetizer: new Packetizer('h264'),
    count: 0,
    say: (text: string | undefined, size: number) => listener?.onMessage(text, size),
  }
}

function sendFrame(index: number): void {
  const frame = scene.packetizer.packetize({
    codec: 'h264',
    data: Buffer.concat([Uint8Array.from([0, 0, 0, 1, 0x65]), Buffer.alloc(4_000, 1)]),
    keyframe: index % 20 === 0,
    captureTime: index * 33,
    width: 64,
    height: 48,
    scale: 1,
    psnr: undefined,
  })
  scene.viewer.sendFrame(frame)
}

export const socketParser: PureTarget = {
  name: 'socket-parser',
  about:
    'messages of a viewer over a WebSocket: the reader, and the viewer’s sender that believes them or not',
  count: 300_000,
  quick: 5_000,
  make: (chance) => socketMessage(chance, chance.below(MESSAGES)),
  run(input) {
    if (scene.count++ === MESSAGES) scene = newScene()
    sendFrame(scene.count)
    const text = typeof input === 'string' ? input : undefined
    const message = text === undefined ? undefined : readSocketMessage(text)
    if (message?.t === 'got' && !Number.isSafeInteger(message.frame))
      throw new Error(`read as ${message.frame}`)
    const { framesSent, ignoredMessages } = scene.viewer.stats(performance.now())
    scene.say(text, input.length)
    const [error] = scene.thrown.splice(0)
    if (error) throw error
    const stats = scene.viewer.stats(performance.now())
    check('framesSent', stats.framesSent === framesSent, stats.framesSent)
    for (const name of ['estimate', 'queueDelay', 'roundTripTime', 'acknowledged'] as const) {
      const value = stats[name] ?? 0
      check(name, Number.isFinite(value) && value >= 0, value)
    }
    check('backlog', scene.viewer.backlog >= 0 && Number.isFinite(scene.viewer.backlog), scene.viewer.backlog)
    const isOfNoFrame = message?.t === 'got' && (message.frame < 0 || message.frame >= framesSent)
    check('ignored', !isOfNoFrame || stats.ignoredMessages === ignoredMessages + 1, stats.ignoredMessages)
    return stats.ignoredMessages === ignoredMessages
  },
}

function check(what: string, isGood: boolean, value: number): void {
  if (!isGood) throw new Error(`${what} is ${value}`)
}
