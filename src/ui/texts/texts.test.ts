/** The texts of pages: complete in every locale, filled in, pluralized, and chosen. */

import { describe, expect, it } from 'vitest'
import { chooseLocale, findLocale } from './locale.js'
import { builtTexts as shippedTexts } from '../../../test/harness/shipped-features.js'
import { createWords } from './say.js'
import { localeNames } from './texts.js'
import type { PluralText, TextKey } from './texts.js'

const keys = Object.keys(shippedTexts.en).sort() as TextKey[]

function formsOf(text: string | PluralText): readonly string[] {
  return typeof text === 'string' ? [text] : Object.values(text)
}

function placeholdersOf(text: string): readonly string[] {
  return [...text.matchAll(/\{([a-z]+)\}/g)].map(([, name]) => name ?? '').sort()
}

describe.each(localeNames)('in %s', (locale) => {
  const texts = shippedTexts[locale]

  it('there is a text for every key, and no other', () => {
    expect(Object.keys(texts).sort()).toEqual(keys)
    for (const key of keys) for (const form of formsOf(texts[key])) expect(form.trim()).not.toBe('')
  })

  it('every text has the placeholders of the English one, but for the name of the product', () => {
    const filledIn = (text: string | PluralText): readonly string[] =>
      placeholdersOf(typeof text === 'string' ? text : text.other).filter((name) => name !== 'app')
    for (const key of keys) {
      const wanted = filledIn(shippedTexts.en[key])
      expect([key, filledIn(texts[key])]).toEqual([key, wanted])
      for (const form of formsOf(texts[key]))
        expect(['app', ...wanted]).toEqual(expect.arrayContaining([...placeholdersOf(form)]))
    }
  })

  it('what is counted has every plural form that small numbers take, and the same kind of text as in English', () => {
    const rules = new Intl.PluralRules(locale)
    for (const key of keys) {
      const text: string | PluralText = texts[key]
      expect(typeof text).toBe(typeof shippedTexts.en[key])
      if (typeof text === 'string') continue
      for (const count of [0, 1, 2, 5, 12, 100]) expect(text).toHaveProperty(rules.select(count))
    }
  })

  it('tells how long ago something was in its language', () => {
    const now = new Date('2026-03-04T12:00:00Z')
    const words = createWords(locale, 'Latchkey', { built: shippedTexts })
    const said = [0, 3, 180, 4320].map((minutes) =>
      words.ago(new Date(now.getTime() - minutes * 60_000), now),
    )
    expect(new Set(said).size).toBe(4)
    expect(words.ago(new Date(now.getTime() + 5000), now)).toBe(said[0])
  })
})

describe('a text', () => {
  const words = createWords('en', 'Product', {
    built: shippedTexts,
    replaced: { en: { 'sign_in.title': 'Come in to {app}' }, de: {} },
  })

  it('can be replaced one by one, and names the product', () => {
    expect(words.say('sign_in.title')).toBe('Come in to Product')
    expect(words.say('sign_in.lead')).toBe('Welcome back to Product.')
    const german = createWords('de', 'X', {
      built: shippedTexts,
      replaced: { en: { 'sign_in.title': 'Other' } },
    })
    expect(german.say('sign_in.title')).toBe('Anmelden')
  })

  it('is filled in once: a value that looks like a placeholder stays what it is', () => {
    const values = { browser: '{system}', system: '{constructor} $& $1' }
    expect(words.say('account.browser_on', values)).toBe('{system} on {constructor} $& $1')
  })

  it('takes the form of its number, written as the language writes numbers', () => {
    expect(words.count('account.end_others', 1)).toBe('Sign out the other device')
    expect(words.count('account.end_others', 1234)).toBe('Sign out 1,234 other devices')
    expect(createWords('de', 'X', { built: shippedTexts }).count('account.end_others', 1234)).toContain(
      '1.234',
    )
  })

  it('can be split around what stands in it', () => {
    expect(words.around('verify.lead_code', 'address')).toEqual(['We sent a code to ', '.'])
    expect(words.around('sign_in.title', 'address')).toEqual(['Come in to Product', ''])
  })
})

it('French has no-break spaces before its punctuation, so that no line begins with a mark', () => {
  const spaces: Readonly<Record<string, string>> = {
    '?': '\u202f',
    '!': '\u202f',
    ';': '\u202f',
    ':': '\u00a0',
  }
  for (const form of Object.values(shippedTexts.fr).flatMap(formsOf)) {
    for (const [, before, mark = ''] of form.matchAll(/(.)([?!;:])/g)) {
      expect([form, before]).toEqual([form, spaces[mark]])
    }
  }
})

describe('the locale', () => {
  it('is the one that the user chose, then the most wanted of the browser, then English', () => {
    expect(chooseLocale('fr', 'de')).toBe('fr')
    expect(chooseLocale('xx', 'de')).toBe('de')
    expect(chooseLocale(undefined, 'nl, pt-BR;q=0.5, ja;q=0.8')).toBe('ja')
    expect(chooseLocale(undefined, 'nl;q=1, *;q=0.1')).toBe('en')
    expect(chooseLocale(undefined, 'de;q=0, es')).toBe('es')
    expect(chooseLocale(undefined, null)).toBe('en')
  })

  it('is found by the language of a tag, and never by anything else', () => {
    expect(findLocale('pt-BR')).toBe('pt')
    expect(findLocale('JA_jp')).toBe('ja')
    for (const tag of [
      '',
      '-',
      'constructor',
      '__proto__',
      'english',
      7,
      null,
      {},
      ['de'],
      'd'.repeat(100_000),
    ]) {
      expect(findLocale(tag)).toBe(null)
    }
  })

  it('is read from a hostile header at once', () => {
    for (const header of [
      ','.repeat(100_000),
      ';q='.repeat(50_000),
      `de;q=${'9'.repeat(50_000)}`,
      'q'.repeat(100_000),
    ]) {
      expect(localeNames).toContain(chooseLocale(undefined, header))
    }
  })
})
