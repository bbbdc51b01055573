export { createHasher } from './hasher.js'
