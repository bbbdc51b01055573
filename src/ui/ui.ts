/** The pages: their routes, and how forms are answered. */

import type { HtmlResponses, RouteDefinition } from '../http/index.js'
import type { Strategy } from '../strategies/index.js'
import { createPageRenderer } from './page-renderer.js'
import { createFormResponses } from './form-responses.js'
import type { PagesSettings } from './options.js'
import { accountRoutes } from './routes/account.js'
import { assetRoute } from './routes/assets.js'
import { developmentRoutes } from './routes/development.js'
import { pageRoutes } from './routes/pages.js'

/** The parts of the pages. */
export interface UiParts {
  readonly pages: PagesSettings
  readonly basePath: string
  readonly development: 'off' | 'local' | 'open'
  readonly strategies: readonly Strategy[]
}

/** The pages of an `Auth`. */
export interface Ui {
  readonly routes: readonly RouteDefinition[]
  readonly html: HtmlResponses
}

/** Creates the pages. The development pages exist only in development. */
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
