/** Reads the host's features. */

import { toCamelCase } from '../base/index.js'
import { faultsOfList, features as shipped } from '../features/index.js'
import type { Feature } from '../features/index.js'
import { optionDefaults } from './options.js'

// Members of an `Auth`, under which no feature can have its operations.
const members =
  `accounts with fetch basePath scope requireScope problem outbox inbox sessionFeed on query migrate
  health retire close by then`.split(/\s+/)

/** The features of the option, if each has a name of its own. */
export function readFeatures(value: unknown, faults: string[]): readonly Feature[] {
  if (value === undefined) return []
  const given: unknown[] = Array.isArray(value) ? value : [undefined]
  const isFeature = (each: unknown): each is Feature =>
    /^[a-z][a-z0-9-]{0,31}$/.test(String((each as Partial<Feature> | undefined)?.id))
  if (!given.every(isFeature)) {
    faults.push('features: give a list of features that `defineFeature` declared.')
    return []
  }
  const reserved = [...members, ...Object.keys(optionDefaults).map((name) => name.split('.')[0])]
  const taken = given.filter(({ id }) => reserved.includes(toCamelCase(id)))
  const found = [
    ...taken.map(({ id }) => `the name ${id} is reserved; choose another one.`),
    ...faultsOfList([...shipped, ...given]),
  ]
  faults.push(...found.map((fault) => `features: ${fault}`))
  return found.length === 0 ? given : []
}
