export type { BrandOptions, PagesOptions, PagesSettings } from './options.js'
export type { PageName, PageProps, PageReplacements } from './props.js'
export { createUi } from './ui.js'
export type { Ui, UiParts } from './ui.js'
