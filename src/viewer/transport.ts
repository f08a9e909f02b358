/** What carries the stream: `webrtc`, or `websocket` where no UDP passes. */
export type ViewerTransport = 'webrtc' | 'websocket'
