export type { IngestOptions } from './ingest-options.js'
export type { LimitOptions } from './limit-options.js'
export type { ServerOptions } from './options.js'
export { createServer, type PixelcastServer, type ServerEvents } from './server.js'
