export { createApp } from './app.js'
export type { Engine, Place } from './thin-engine.js'
