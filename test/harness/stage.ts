/**
 * An engine behind `node:http` with a real Chromium before it, and a clock that moves: where the stories of
 * `test/browser` are played.
 */

import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { toNodeHandler } from '../../src/adapters/node.js'
import type { NodeHandler } from '../../src/adapters/node.js'
import type { AuthOptions } from '../../src/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import type { TestAuth } from '../../src/testing/index.js'
import { openBrowser, serveRequests } from './browser.js'

/** Where pictures are left, to be looked at. */
export const pictures = fileURLToPath(new URL('../../coverage/pictures/', import.meta.url))

/** An engine, its address, and people before it. */
export interface Stage extends TestAuth {
  readonly url: string
  /** A browser of its own: no cookie is shared with any other. */
  person(options?: BrowserContextOptions): Promise<Page>
  close(): Promise<void>
}

const watchShifts = `window.shifts = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value
  }).observe({ type: 'layout-shift', buffered: true })`

/** Opens a stage. */
export async function openStage(options: AuthOptions = {}): Promise<Stage> {
  await mkdir(pictures, { recursive: true })
  // Links are built from the address, so the server is there before the engine.
  const served: { handler?: NodeHandler } = {}
  const server = await serveRequests((request, response) => void served.handler?.(request, response))
  const test = await createTestAuth({ ...options, baseUrl: server.url })
  served.handler = toNodeHandler(test.auth)
  const browser: Browser = await openBrowser()

  return {
    ...test,
    url: server.url,
    async person(contextOptions = {}) {
      const context = await browser.newContext({ baseURL: server.url, locale: 'en-US', ...contextOptions })
      context.setDefaultTimeout(15_000)
      if (contextOptions.javaScriptEnabled !== false) await context.addInitScript(watchShifts)
      return context.newPage()
    },
    async close() {
      await browser.close()
      await server.close()
      await test.auth.close()
    },
  }
}

/** What axe finds, frames left out: that of a preview runs no script, and so can't be asked. */
export async function findViolations(page: Page, rules: readonly string[] | null = null): Promise<unknown> {
  const axe = new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ iframes: false, rules: { 'target-size': { enabled: true } } })
  const { violations } = await (rules === null ? axe : axe.withRules([...rules])).analyze()
  return violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }))
}

/** What is wider than the window, or a target smaller than 24 by 24 (WCAG 2.2, 2.5.8; links in text are spared). */
export function measure(
  page: Page,
): Promise<{ readonly overflow: number; readonly tiny: readonly string[] }> {
  return page.evaluate(`(() => {
    const root = document.documentElement
    const targets = [...document.querySelectorAll('button, input:not([type=hidden]), select, summary, [data-part=button]')]
    const tiny = targets.filter((each) => {
      const { width, height } = each.getBoundingClientRect()
      return width > 0 && (width < 24 || height < 24)
    })
    return { overflow: root.scrollWidth - root.clientWidth, tiny: tiny.map((each) => each.outerHTML) }
  })()`)
}

/** Looks at a page as it stands: nothing that axe finds, nothing that moved by itself, nothing that is heavy. */
export async function inspect(page: Page, name: string): Promise<void> {
  await page.waitForSelector('[data-ready]')
  const [shifts, bytes] = await page.evaluate<[number, number]>(`[window.shifts, performance.getEntries()
    .filter(({ entryType, initiatorType }) => entryType === 'navigation' || ['script', 'link'].includes(initiatorType))
    .reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0)]`)
  expect([name, shifts]).toEqual([name, 0])
  expect(bytes).toBeGreaterThan(1000)
  expect(bytes).toBeLessThan(30_000)
  expect([name, await findViolations(page)]).toEqual([name, []])
  await page.screenshot({ path: `${pictures}flow-${name}.png`, fullPage: true })
}
