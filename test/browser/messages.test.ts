/**
 * Every message in every locale, in a real Chromium at the width of a phone: it can be read in light and dark, and
 * fits. Pictures are left in `coverage/pictures`, to be looked at.
 */

import { mkdir } from 'node:fs/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { renderMessage } from '../../src/delivery/messages/index.js'
import { sampleMessage } from '../../src/ui/sample-message.js'
import { localeNames } from '../../src/ui/texts/texts.js'
import { describeInBrowser, openBrowser } from '../harness/browser.js'
import { messageEvents, sampleOf } from '../harness/shipped-features.js'
import { findViolations, pictures } from '../harness/stage.js'

vi.setConfig({ testTimeout: 60_000 })

const now = new Date('2026-03-04T12:00:00Z')

describeInBrowser('every message', () => {
  let browser: Browser
  beforeAll(async () => {
    await mkdir(pictures, { recursive: true })
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  it.each(['light', 'dark'] as const)('can be read in %s, in every locale', async (colorScheme) => {
    const context = await browser.newContext({ viewport: { width: 390, height: 640 }, colorScheme })
    const page = await context.newPage()
    for (const locale of localeNames) {
      for (const event of messageEvents) {
        const { html } = renderMessage(
          sampleMessage(sampleOf(event), locale, now),
          { appName: 'Product' },
          now,
        )
        await page.setContent(html)
        const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
        expect([locale, event, overflow]).toEqual([locale, event, 0])
        if (event !== 'sign_in' && event !== 'password_changed') continue
        const path = `${pictures}message-${event}-${locale}-${colorScheme}.png`
        await page.screenshot({ path, fullPage: true })
        const found = await findViolations(page, ['color-contrast', 'html-has-lang'])
        expect([locale, event, found]).toEqual([locale, event, []])
      }
    }
    await context.close()
  })
})
