export { emailChange } from './feature.js'
