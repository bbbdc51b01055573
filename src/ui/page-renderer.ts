/**
 * Renders pages with the frame of the request and the security policy of the response.
 *
 * Invariants: (1) each response has its own nonce; (2) only a page with a form gives the browser a name; (3)
 * a fault of the database never prevents a page; (4) for a request from another origin no session is looked
 * up, and so none is extended.
 */

import { toCamelCase } from '../base/index.js'
import type { AuthError } from '../base/index.js'
import { formTokenOf, retryAfterSeconds, statuses, waitSeconds } from '../http/index.js'
import type { RequestContext } from '../http/index.js'
import { createAssets } from './assets/assets.js'
import type { Assets } from './assets/assets.js'
import type { PagesSettings } from './options.js'
import type { FeaturePages } from './feature-pages.js'
import { createPaths } from './paths.js'
import type { Paths } from './paths.js'
import { pagePolicy } from './policy.js'
import type { Frame, FrameToll, PageName, PageProps } from './props.js'
import { joinPages, renderPage } from './render.js'
import { chooseLocale } from './texts/locale.js'
import { createWords, joinTexts } from './texts/say.js'
import type { LocaleName } from './texts/texts.js'

/** The props of a page, without its frame. */
export type Contents<Name extends PageName> = Omit<PageProps[Name], 'frame'>

/** Renders the pages of one `Auth`. */
export interface PageRenderer {
  readonly paths: Paths
  readonly assets: Assets
  /** The pages of features. */
  readonly features: readonly FeaturePages[]
  /** Renders the page, with the status of the error, if there is one. */
  show<Name extends PageName>(
    context: RequestContext,
    name: Name,
    contents: Contents<Name>,
    refused?: AuthError,
  ): Promise<Response>
}

const inEnglish: readonly PageName[] = ['landing', 'inbox', 'messages']

async function localeOf(context: RequestContext, name: PageName, refused?: AuthError): Promise<LocaleName> {
  if (inEnglish.includes(name)) return 'en'
  const isForeign = refused?.code === 'forbidden_origin'
  const scope = isForeign ? null : await context.scope().catch(() => null)
  return chooseLocale(scope?.user.metadata['locale'], context.request.headers.get('accept-language'))
}

/** Redirects to another page, by GET (RFC 9110 §15.4.4). */
export function redirect(location: string): Response {
  return new Response(null, { status: 303, headers: { Location: location } })
}

// Kept for the next page too: without scripts, the browser comes back to a page with the form.
function tollOf({ browserState, request }: RequestContext, refused?: AuthError): FrameToll | null {
  const toll = refused?.toll
  if (toll?.wait === undefined) {
    const { toll: wait } = browserState.read()
    return wait === undefined ? null : { wait, solve: null }
  }
  browserState.write({ toll: toll.wait })
  const challenge = JSON.stringify(toll.challenge)
  return { wait: toll.wait, solve: { action: new URL(request.url).pathname, challenge } }
}

function homesOf(paths: Paths, featurePages: readonly string[]): Readonly<Record<string, string>> {
  const urls = paths as unknown as Readonly<Record<string, string>>
  return {
    ...Object.fromEntries(featurePages.map((page) => [page, urls[toCamelCase(page)] as string])),
    'sign-in': paths.signIn,
    'sign-up': paths.signUp,
    verify: paths.verify,
    confirm: paths.confirm,
    'end-session': paths.endApproved,
  }
}

/** Creates a renderer with the host's settings and the pages of features. */
export function createPageRenderer(
  settings: PagesSettings,
  basePath: string,
  features: readonly FeaturePages[] = [],
): PageRenderer {
  const { brand, scheme, texts, replace } = settings
  const added = features.flatMap(({ pages = {} }) => Object.keys(pages))
  const paths = createPaths(basePath, added)
  const assets = createAssets(settings)
  const homes = homesOf(paths, added)
  const built = joinPages(features.map(({ pages }) => pages))
  const builtTexts = joinTexts(features.map((feature) => feature.texts))

  async function frameOf(context: RequestContext, name: PageName, refused?: AuthError): Promise<Frame> {
    const { keys, now } = context.engine
    return {
      words: createWords(await localeOf(context, name, refused), brand.name, {
        built: builtTexts,
        replaced: texts,
      }),
      brand,
      scheme,
      paths,
      stylesheet: settings.stylesheet ?? paths.asset(assets.stylesheet.name),
      script: paths.asset(assets.script.name),
      nonce: keys.newName(),
      get formToken() {
        return formTokenOf(keys, context.browserName())
      },
      toll: tollOf(context, refused),
      now: new Date(now()),
    }
  }

  return {
    paths,
    assets,
    features,

    async show<Name extends PageName>(
      context: RequestContext,
      name: Name,
      contents: Contents<Name>,
      refused?: AuthError,
    ) {
      const frame = await frameOf(context, name, refused)
      const props = { ...contents, frame } as unknown as PageProps[Name]
      const headers = new Headers({
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': pagePolicy(frame.nonce, brand.logo),
        // Without any referrer, a form also sends no origin (Fetch §3.1).
        'Referrer-Policy': 'same-origin',
      })
      const seconds = refused === undefined ? null : retryAfterSeconds(refused)
      if (seconds !== null) headers.set('Retry-After', String(seconds))
      const home = homes[name]
      if (refused?.toll !== undefined && home !== undefined)
        headers.set('Refresh', `${waitSeconds}; url=${home}`)
      const status = refused === undefined ? 200 : statuses[refused.code]
      return new Response(await renderPage(name, props, { built, replaced: replace }), { status, headers })
    },
  }
}
