/**
 * Every page in every state, in a real Chromium: nothing that axe finds, nothing that overflows or is too small to
 * hit, nothing that the policy blocks. Pictures of all are left in `coverage/pictures`, to be looked at.
 */

import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAssets } from '../../src/ui/assets/assets.js'
import { readPagesOptions } from '../../src/ui/options.js'
import { pagePolicy } from '../../src/ui/policy.js'
import { renderPage } from '../../src/ui/render.js'
import { openBrowser, serveDocuments } from '../harness/browser.js'
import type { Served } from '../harness/browser.js'
import { pageSamples } from '../harness/page-samples.js'

const pictures = fileURLToPath(new URL('../../coverage/pictures/', import.meta.url))
const options = { tokens: { '--lk-font': "'Noto Sans', 'Noto Sans CJK JP', sans-serif" } }
const samples = pageSamples({ options })
const { stylesheet, script } = createAssets(readPagesOptions(options, []))
const looks = [
  { name: 'desktop-light', width: 1280, height: 860, colorScheme: 'light', rules: null },
  // What may differ from the first look: colors, and what fits.
  {
    name: 'phone-dark',
    width: 375,
    height: 720,
    colorScheme: 'dark',
    rules: ['color-contrast', 'target-size'],
  },
] as const

async function find(path: string): Promise<Served> {
  if (path.endsWith(stylesheet.name)) return stylesheet
  if (path.endsWith(script.name)) return script
  const sample = samples[Number(path.slice(1))]
  if (sample === undefined) return { type: 'text/html; charset=utf-8', body: '' }
  const [name, , props] = sample
  const body = await renderPage(name, props as never)
  return { type: 'text/html; charset=utf-8', body, policy: pagePolicy('bm9uY2U', null) }
}

/** What is wider than the window, or a target smaller than 24 by 24 (WCAG 2.2, 2.5.8; links in text are spared). */
function measure(page: Page): Promise<{ readonly overflow: number; readonly small: readonly string[] }> {
  return page.evaluate(`(() => {
    const root = document.documentElement
    const targets = [...document.querySelectorAll('button, input:not([type=hidden]), select, summary, [data-part=button]')]
    const small = targets.filter((each) => {
      const { width, height } = each.getBoundingClientRect()
      return width > 0 && (width < 24 || height < 24)
    })
    return { overflow: root.scrollWidth - root.clientWidth, small: small.map((each) => each.outerHTML) }
  })()`)
}

/** What axe finds, frames left out: that of a preview runs no script, and so can't be asked. */
function judge(page: Page, rules: readonly string[] | null) {
  const axe = new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ iframes: false, rules: { 'target-size': { enabled: true } } })
  return (rules === null ? axe : axe.withRules([...rules])).analyze()
}

let browser: Browser
let server: Awaited<ReturnType<typeof serveDocuments>>
beforeAll(async () => {
  await mkdir(pictures, { recursive: true })
  server = await serveDocuments(find)
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

describe.each(looks)('on $name', ({ name: look, width, height, colorScheme, rules }) => {
  it.each(samples.map(([name, state], index) => ({ name, state, index })))(
    '$name, $state: axe finds nothing, and nothing overflows',
    async ({ name, state, index }) => {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme })
      const page = await context.newPage()
      const blocked: string[] = []
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) blocked.push(message.text())
      })
      await page.goto(`${server.url}/${index}`)
      await page.waitForSelector('[data-ready]')
      await page.screenshot({
        path: `${pictures}${name}-${state.replaceAll(' ', '-')}-${look}.png`,
        fullPage: true,
      })
      const { violations } = await judge(page, rules)
      expect(violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }))).toEqual([])
      expect(await measure(page)).toEqual({ overflow: 0, small: [] })
      expect(blocked).toEqual([])
      await context.close()
    },
  )
})
