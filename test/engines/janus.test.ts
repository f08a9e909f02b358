import { describeEngine } from '../support/engines/cases.js'
import { Janus } from '../support/engines/janus.js'

describeEngine('Janus', Janus.path !== undefined, async () => {
  const janus = await Janus.start()
  return {
    whipUrl: janus.whipUrl,
    token: Janus.token,
    wrongToken: 'another-pin',
    start: () => janus.start(),
    kill: () => janus.kill(),
    close: () => janus.close(),
    watch: async (stage) => {
      const { offer, answer } = await janus.subscribe()
      const player = await stage.show('(a) => player.accept(a)', { sdp: offer })
      await answer(player.answer)
      return player
    },
  }
})
