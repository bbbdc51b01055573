export { createPhones } from './phones.js'
