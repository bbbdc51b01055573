export { renderMessage, renderShort } from './render.js'
export type { RenderedMessage, WordingOptions } from './render.js'
export type { EventTexts, LocaleTexts, TextOverrides } from './texts.js'
