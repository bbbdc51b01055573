export { createBrowserKeys } from './browser-keys.js'
export type { BrowserKeys } from './browser-keys.js'
export { createSecrets } from './secrets.js'
