/** The pages: their routes, and how forms are answered. */

import type { HtmlResponses, RouteDefinition } from '../http/index.js'
import type { Strategy } from '../strategies/index.js'
import type { FeatureMessages, PurposeTable } from '../core/index.js'
import type { FeaturePages } from './feature-pages.js'
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
  /** The pages of features. */
  readonly features: readonly FeaturePages[]
  readonly purposes: PurposeTable
  /** The messages of features, for the development pages. */
  readonly messages: FeatureMessages
}

/** The pages of an `Auth`. */
export interface Ui {
  readonly routes: readonly RouteDefinition[]
  readonly html: HtmlResponses
}

/** Creates the pages. The development pages exist only in development. */
export function createUi({
  pages,
  basePath,
  development,
  strategies,
  features,
  purposes,
  messages,
}: UiParts): Ui {
  const renderer = createPageRenderer(pages, basePath, features)
  return {
    routes: [
      ...pageRoutes(renderer, strategies),
      ...features.flatMap(({ routes }) => routes?.(renderer) ?? []),
      ...accountRoutes(renderer),
      assetRoute(renderer),
      ...(development === 'off'
        ? []
        : developmentRoutes(renderer, { appName: pages.brand.name, purposes, messages })),
    ],
    html: createFormResponses(renderer, strategies),
  }
}
