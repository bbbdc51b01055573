/** The pages of an engine: their routes, and how forms are answered. */

import type { HtmlFace, RouteDefinition } from '../http/index.js'
import type { Strategy } from '../strategies/index.js'
import { createDesk } from './desk.js'
import { createFace } from './face.js'
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
  readonly html: HtmlFace
}

/** Makes the pages. Those of development are there in development alone. */
export function createUi({ pages, basePath, development, strategies }: UiParts): Ui {
  const desk = createDesk(pages, basePath)
  return {
    routes: [
      ...pageRoutes(desk, strategies),
      ...accountRoutes(desk),
      assetRoute(desk),
      ...(development === 'off' ? [] : developmentRoutes(desk, pages.brand.name)),
    ],
    html: createFace(desk, strategies),
  }
}
