export type { ConnectOptions, ConnectResult, EngineApi, TrackInfo } from './api.js'
export { Engine, type EngineEvents, type EngineOptions } from './engine.js'
