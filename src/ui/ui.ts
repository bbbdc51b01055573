/** The pages of an engine: their routes, and how forms are answered. */

import type { HtmlResponses, RouteDefinition } from '../http/index.js'
import type { Strategy } from '../strategies/index.js'
import { createPageRenderer } from './page-renderer.js'
import { createFormResponses } from './form-responses.js'
import type { PagesSettings } from './options.js'
import { accountRoutes } from './routes/account.js'
import { assetRoute } from './routes/assets.js'
import { developmentRoutes } from './routes/development.js'
import { pageRoutes } from './routes/pages.js'

/** What pages are made with. */
export interface UiParts {
  readonly pages: PagesSettings
  readonly basePath: string
  readonly development: 'off' | 'local' | 'open'
  readonly strategies: readonly Strategy[]
}

/** What a person sees of an engine. */
export interface Ui {
  readonly routes: readonly RouteDefinition[]
  readonly html: HtmlResponses
}

/** Makes the pages. Those of development are there in development alone. */
export function createUi({ pages, basePath, development, strategies }: UiParts): Ui {
  const renderer = createPageRenderer(pages, basePath)
  return {
    routes: [
      ...pageRoutes(renderer, strategies),
      ...accountRoutes(renderer),
      assetRoute(renderer),
      ...(development === 'off' ? [] : developmentRoutes(renderer, pages.brand.name)),
    ],
    html: createFormResponses(renderer, strategies),
  }
}
