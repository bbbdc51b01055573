export { createBlocklist } from './blocklist.js'
export type { BlocklistOptions } from './blocklist.js'
export type { RangeCheckOptions } from './range-check.js'
