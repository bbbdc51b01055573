export { prometheusType } from './registry.js'
export { createTelemetry } from './telemetry.js'
export type { Served, Telemetry, TracedRoute } from './telemetry.js'
