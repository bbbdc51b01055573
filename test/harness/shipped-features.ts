/** What the shipped features add to pages and messages, for the tests that render all of them. */

import type { Message, MessageEvent, MessageTexts } from '../../src/core/index.js'
import { foldFeatures } from '../../src/features/fold.js'
import { features } from '../../src/features/index.js'
import type { FeaturePages } from '../../src/ui/feature-pages.js'
import type { Sample } from '../../src/ui/sample-message.js'
import { joinPages } from '../../src/ui/render.js'
import { joinTexts } from '../../src/ui/texts/say.js'

/** The lists with the shipped features. */
export const folded = foldFeatures(features)

const webs = await Promise.all(features.flatMap(({ web }) => web?.() ?? []))

/** The pages of every feature. */
export const featurePages: readonly FeaturePages[] = webs.flatMap(({ pages }) => pages ?? [])

/** Every built-in page. */
export const builtPages = joinPages(featurePages.map(({ pages }) => pages))

/** The names of the pages of features. */
export const featurePageNames = featurePages.flatMap(({ pages = {} }) => Object.keys(pages))

/** Every built-in text. */
export const builtTexts = joinTexts(featurePages.map(({ texts }) => texts))

/** Every kind of message. */
export const messageEvents = [...Object.keys(folded.purposes), ...folded.notices] as readonly MessageEvent[]

/** The texts that the worker puts on a message. */
export function textsOf(event: MessageEvent): { readonly texts?: MessageTexts } {
  const texts = folded.messages[event]?.texts
  return texts === undefined ? {} : { texts }
}

/** Whether a message has no secret. */
export function isNotice(event: Message['event']): boolean {
  return !Object.hasOwn(folded.purposes, event)
}

/** What a preview of this message shows. */
export function sampleOf(event: MessageEvent): Sample {
  return { event, isNotice: isNotice(event), texts: folded.messages[event]?.texts }
}
