/** The Store suite on both engines: the same sentences, the same results. */

import { afterAll, describe, it } from 'vitest'
import { describeStore } from '../../src/testing/index.js'
import { engines } from '../harness/engines.js'

describe.each(engines)('$name', ({ open }) => {
  describeStore({ describe, it, afterAll }, open)
})
