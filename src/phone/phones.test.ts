/** Telephone numbers. */

import { expect, it } from 'vitest'
import { createPhones } from './index.js'

const phones = await createPhones()

it.each([
  ['+351 912 345 678', '+351912345678'],
  [' +1 (415) 555-2671 ', '+14155552671'],
  ['+4915123456789', '+4915123456789'],
])('%s is %s', (text, number) => {
  expect(phones.normalize(text)).toBe(number)
  expect(phones.normalize(number)).toBe(number)
})

it.each([
  '',
  '912345678',
  '00351912345678',
  '+',
  '+1',
  '+999123456789',
  '+351912345678 ext 5',
  'tel:+351912345678',
  '+351912345678;x',
  '+３５１912345678',
  `+${'1'.repeat(100_000)}`,
])('%s is none', (text) => {
  expect(phones.normalize(text)).toBeNull()
})

it.each([
  ['+351912345678', '351'],
  ['+14155552671', '1'],
  ['+18768361234', '1'],
  ['+447911123456', '44'],
  ['+8613812345678', '86'],
  ['+999123456789', null],
  ['912345678', null],
  ['', null],
  [`+${'1'.repeat(100_000)}`, null],
])('the calling code of %s is %s', (number, code) => {
  expect(phones.callingCode(number)).toBe(code)
})
