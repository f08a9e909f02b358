import { Backchannel, type Participant } from '../../../src/engine/backchannel.js'
import { readViewerMessage } from '../../../src/engine/viewer-message.js'
import { channelMessage } from '../messages.js'
import type { PureTarget } from '../target.js'

const viewer: Participant = {
  identity: { id: 'viewer-1' },
  greet: () => {},
  tell: () => true,
  closeChannel: () => {},
}
const backchannel = new Backchannel(
  { control: 'anyone' },
  {
    onInput: () => true,
    onRights: () => {},
    size: () => ({ width: 640, height: 480 }),
  },
)
backchannel.command({ do: 'add-control', control: { name: 'gain', min: 0, max: 9, value: 1 }, revision: 1 })
backchannel.join(viewer, true)
let question = 0

export const messages: PureTarget = {
  name: 'messages',
  about: 'messages of the data channel: the reader, and a track’s backchannel that acts on them',
  count: 300_000,
  quick: 5_000,
  make: channelMessage,
  run(input) {
    if (typeof input !== 'string') return false
    const message = readViewerMessage(input)
    if (!message) return false
    if (message.t === 'ping') return true
    if (question++ % 100 === 0)
      backchannel.command({ do: 'select', id: 1, crosshair: true, fromCenter: false })
    backchannel.receive(viewer, message)
    return true
  },
}
