/**
 * Every page in every state, in a real Chromium: nothing that axe finds, nothing that overflows or is too small to
 * hit, nothing that the policy blocks. Pictures of all are left in `coverage/pictures`, to be looked at.
 */

import { mkdir } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createAssets } from '../../src/ui/assets/assets.js'
import { readPagesOptions } from '../../src/ui/options.js'
import { pagePolicy } from '../../src/ui/policy.js'
import { renderPage } from '../../src/ui/render.js'
import { builtPages } from '../harness/shipped-features.js'
import { describeInBrowser, openBrowser, serveDocuments } from '../harness/browser.js'
import type { Running, Served } from '../harness/browser.js'
import { pageSamples } from '../harness/page-samples.js'
import { findViolations, measure, pictures } from '../harness/stage.js'

vi.setConfig({ testTimeout: 60_000 })

const options = { tokens: { '--lk-font': "'Noto Sans', 'Noto Sans CJK JP', sans-serif" } }
const samples = pageSamples({ options })
const { stylesheet, script } = createAssets(readPagesOptions(options, []))
const desktop = { width: 1280, height: 860 }
const phone = { width: 375, height: 720 }
// What the first look finds holds for all of them, but for colors and for what fits.
const looks = [
  { name: 'desktop-light', size: desktop, colorScheme: 'light', rules: null },
  { name: 'desktop-dark', size: desktop, colorScheme: 'dark', rules: ['color-contrast'] },
  { name: 'phone-dark', size: phone, colorScheme: 'dark', rules: [] },
  { name: 'phone-light', size: phone, colorScheme: 'light', rules: [] },
] as const

async function find(path: string): Promise<Served> {
  if (path.endsWith(stylesheet.name)) return stylesheet
  if (path.endsWith(script.name)) return script
  const sample = samples[Number(path.slice(1))]
  if (sample === undefined) return { type: 'text/html; charset=utf-8', body: '' }
  const [name, , props] = sample
  const body = await renderPage(name, props as never, { built: builtPages })
  return { type: 'text/html; charset=utf-8', body, policy: pagePolicy('bm9uY2U', null) }
}

describeInBrowser('every page', () => {
  let browser: Browser
  let server: Running
  let page: Page
  const blocked: string[] = []
  beforeAll(async () => {
    await mkdir(pictures, { recursive: true })
    server = await serveDocuments(find)
    browser = await openBrowser()
    page = await browser.newPage()
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) blocked.push(message.text())
    })
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  it.each(samples.map(([name, state], index) => ({ name, state, index })))(
    '$name, $state: axe finds nothing, and nothing overflows',
    async ({ name, state, index }) => {
      await page.goto(`${server.url}/${index}`)
      await page.waitForSelector('[data-ready]')
      for (const { name: look, size, colorScheme, rules } of looks) {
        await page.setViewportSize(size)
        await page.emulateMedia({ colorScheme })
        const path = `${pictures}${name}-${state.replaceAll(' ', '-')}-${look}.png`
        await page.screenshot({ path, fullPage: true, animations: 'disabled' })
        if (rules === null || rules.length > 0)
          expect([look, await findViolations(page, rules)]).toEqual([look, []])
        expect([look, await measure(page)]).toEqual([look, { overflow: 0, tiny: [] }])
      }
      expect(blocked).toEqual([])
    },
  )
})
