export { recovery } from './feature.js'
export type { ResetSecret } from './operations.js'
