// Browser code: somebody in a room of LiveKit, by LiveKit's own client, shown by a player of player.js.
const watched = new Map()

globalThis.livekit = {
  /** Joins, and shows whatever video comes. */
  async join({ id, url, token }) {
    const room = new LivekitClient.Room({ adaptiveStream: false, dynacast: false })
    let receiver
    const connection = {
      get connectionState() {
        return room.state
      },
      iceConnectionState: '',
      getStats: async () => (receiver ? receiver.getStats() : new Map()),
      close: () => room.disconnect(),
    }
    const video = player.adopt({ id, connection })
    room.on('trackSubscribed', (track, publication) => {
      if (track.kind !== 'video') return
      watched.set(id, publication)
      receiver = track.receiver
      video.srcObject = new MediaStream([track.mediaStreamTrack])
      video.play().catch(() => {})
    })
    await room.connect(url, token)
  },

  /** Asks for another rung: `LOW`, `MEDIUM` or `HIGH`. */
  choose({ id, quality }) {
    watched.get(id).setVideoQuality(LivekitClient.VideoQuality[quality])
  },
}
