/** What a new password is set with. */

import { expect, it } from 'vitest'
import { toFieldFaults } from '../../contract/index.js'
import { recoveryCallbackInput } from './schemas.js'

it.each([
  [{ token: 't' }, [{ field: 'password', rule: 'required' }]],
  [{ email: 'a', code: '1' }, [{ field: 'password', rule: 'required' }]],
  [{ email: 'a', password: 'p' }, [{ field: 'code', rule: 'required' }]],
  [{}, [{ field: 'password', rule: 'required' }]],
])('needs the new password where one is to be set: %j', (input, expected) => {
  const { error } = recoveryCallbackInput.safeParse(input)
  expect(error === undefined ? [] : toFieldFaults(error.issues)).toEqual(expected)
})
