export { createPhones } from './phones.js'
export type { LocatedPhones } from './phones.js'
