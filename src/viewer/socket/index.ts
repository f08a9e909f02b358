export { SocketSession } from './socket-session.js'
