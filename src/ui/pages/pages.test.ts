/** Requirements of every page in every state: labels, language, escaping, no inline code, and its size. */

import { describe, expect, it } from 'vitest'
import { pageSamples, sampleFrame } from '../../../test/harness/page-samples.js'
import type { SampleChoice } from '../../../test/harness/page-samples.js'
import { builtPages } from '../../../test/harness/shipped-features.js'
import { createAssets } from '../assets/assets.js'
import { readPagesOptions } from '../options.js'
import type { PageReplacements } from '../props.js'
import { renderPage } from '../render.js'
import { localeNames } from '../texts/texts.js'

interface Rendered {
  readonly title: string
  readonly html: string
}

function renderAll(choice: SampleChoice = {}): Promise<readonly Rendered[]> {
  return Promise.all(
    pageSamples(choice).map(async ([name, state, props]) => ({
      title: `${name}, ${state}`,
      html: await renderPage(name, props as never, { built: builtPages }),
    })),
  )
}

function attributesOf(html: string, tag: string): readonly ReadonlyMap<string, string>[] {
  return [...html.matchAll(new RegExp(`<${tag}((?:\\s+[^\\s=>]+(?:="[^"]*")?)*)\\s*/?>`, 'g'))].map(
    ([, text = '']) =>
      new Map(
        [...text.matchAll(/([^\s=>]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [name, value]),
      ),
  )
}

const pages = await renderAll()

describe.each(pages)('$title', ({ html }) => {
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
  const inputs = attributesOf(html, 'input').filter(
    (input) => !['hidden', 'checkbox'].includes(input.get('type') ?? ''),
  )

  it('is one document with a language, a title and one heading', () => {
    expect(html).toMatch(/^<!doctype html><html lang="en">/)
    expect(html.match(/<title>[^<]+ · Latchkey<\/title>/g)).toHaveLength(1)
    expect(html.match(/<h1/g)).toHaveLength(1)
    expect(html.match(/<main/g)).toHaveLength(1)
  })

  it('ties every input to a label, and to what is said of it', () => {
    const labelled = attributesOf(html, 'label').map((label) => label.get('for'))
    for (const input of inputs.filter((each) => !each.has('hidden'))) {
      expect(labelled).toContain(input.get('id'))
      const described = input.get('aria-describedby')?.split(' ') ?? []
      for (const id of described) expect(ids).toContain(id)
      if (input.has('aria-invalid')) expect(described.some((id) => id.endsWith('-fault'))).toBe(true)
    }
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('tells browsers what each field takes, and cuts nothing that is pasted', () => {
    const wanted: Readonly<Record<string, RegExp>> = {
      email: /^username$/,
      phone: /^tel$/,
      code: /^one-time-code$/,
      password: /^(?:current|new)-password$/,
      currentPassword: /^current-password$/,
    }
    for (const input of inputs) {
      const rule = wanted[input.get('name') ?? '']
      if (rule !== undefined) expect(input.get('autocomplete')).toMatch(rule)
      expect(input.has('maxlength')).toBe(false)
    }
  })

  it('has nothing inline: no style, no script, no handler, no address of a script', () => {
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+="|javascript:/i)
    for (const [, attributes = '', body] of html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) {
      expect([attributes.includes('src="/auth/assets/'), attributes.includes('nonce="'), body]).toEqual([
        true,
        true,
        '',
      ])
    }
  })

  it('carries the token in every form that is posted, to an address of ours', () => {
    const forms = attributesOf(html, 'form').filter((form) => form.get('method') === 'post')
    for (const form of forms) expect(form.get('action')).toMatch(/^\/auth\/[a-z0-9/-]+$/)
    const tokens = attributesOf(html, 'input').filter((input) => input.get('name') === '_form')
    expect(tokens.map((input) => input.get('value'))).toEqual(forms.map(() => 'form-token'))
  })

  it('weighs less than 30 KB with everything that it loads', () => {
    const { stylesheet, script } = createAssets(readPagesOptions({}, []))
    const bytes =
      Buffer.byteLength(html) + Buffer.byteLength(stylesheet.body) + Buffer.byteLength(script.body)
    expect(bytes).toBeLessThan(30_000)
  })
})

describe('what people wrote', () => {
  const corpus = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus='alert(1)",
    '</title><svg/onload=alert(1)>',
    '&lt;b&gt; &#60;',
    '\u202egnp.exe\u2066',
    '{app} {address} ${7*7}',
    'javascript:alert(1)',
  ]

  it.each(corpus)('%s is text, wherever it stands', async (written) => {
    for (const { title, html } of await renderAll({ written })) {
      const tags = [...html.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, tag]) => tag)
      const usual = pages.find((page) => page.title === title)?.html ?? ''
      expect([title, tags]).toEqual([title, [...usual.matchAll(/<([a-z][a-z0-9]*)/g)].map(([, tag]) => tag)])
      expect(html).not.toMatch(/<script>|<img|<svg\/|href="javascript/)
    }
  })

  it('stands apart where it is shown, so that no mark in it turns the rest around', async () => {
    const written = 'a\u202eb'
    for (const { html } of await renderAll({ written })) {
      const shown = html.replace(/<bdi[^>]*>[^<]*<\/bdi>/g, '').replace(/="[^"]*"/g, '')
      expect(shown).not.toContain(written)
    }
  })
})

it.each(localeNames)('every page is there in %s, with nothing left unfilled', async (locale) => {
  for (const { title, html } of await renderAll({ locale })) {
    const text = html.replace(/<[^>]*>/g, ' ')
    expect([title, text.match(/\{[a-z]+\}|undefined|\[object/)]).toEqual([title, null])
  }
})

it('a page of the host stands in the place of ours, and is given the same', async () => {
  const props = { frame: sampleFrame(), form: {} }
  const replaced: PageReplacements = {
    'forgot-password': ({ frame }) => `<!doctype html><p>${frame.formToken}</p>`,
  }
  const html = await renderPage('forgot-password', props, { built: builtPages, replaced })
  expect(html).toBe('<!doctype html><p>form-token</p>')
})

it('a brand of the host is everywhere: its name, its mark, and light or dark for all', async () => {
  const brand = { name: '<Acme>', color: '#ffe600', logo: 'https://cdn.example/a.svg' }
  for (const { html } of await renderAll({ options: { brand, scheme: 'dark' } })) {
    expect(html).toContain('data-theme="dark"')
    expect(html).toContain('<bdi>&lt;Acme&gt;</bdi>')
    expect(html).toContain('src="https://cdn.example/a.svg" alt=""')
  }
})
