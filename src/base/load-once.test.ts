/** Loading on first use, and again after a failure. */

import { describe, expect, it } from 'vitest'
import { importOrRequire, isShortage, loadOnce } from './index.js'

const shortage = Object.assign(new Error('too many open files'), { code: 'EMFILE' })

/** A load that fails so many times, and then returns how often it was started. */
function createLoad(failures: number) {
  let begun = 0
  return async (): Promise<number> => {
    await Promise.resolve()
    if (++begun <= failures) throw shortage
    return begun
  }
}

describe('what is loaded once', () => {
  it('is loaded by the first of many calls, for all of them', async () => {
    const load = loadOnce(createLoad(0))
    expect(await Promise.all([load(), load(), load()])).toEqual([1, 1, 1])
    expect(await load()).toBe(1)
  })

  it('is loaded again when it failed: once for all who ask meanwhile, and never again once it is there', async () => {
    const load = loadOnce(createLoad(2))
    const first = await Promise.allSettled([load(), load()])
    expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(load()).rejects.toBe(shortage)
    expect(await Promise.all([load(), load()])).toEqual([3, 3])
    expect(await load()).toBe(3)
  })
})

describe('a package', () => {
  it('is required where its import failed, and where that fails too, the import says why', async () => {
    const failing = (): Promise<string> => Promise.reject(shortage)
    expect(
      await importOrRequire(
        () => Promise.resolve('imported'),
        () => 'required',
      ),
    ).toBe('imported')
    expect(await importOrRequire(failing, () => 'required')).toBe('required')
    await expect(
      importOrRequire(failing, () => {
        throw new Error('Cannot find module')
      }),
    ).rejects.toBe(shortage)
  })
})

describe('a shortage', () => {
  it('is told from absence, also below a cause, and among several errors', () => {
    const absent = Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' })
    const native = new Error('libx.so: cannot open shared object file: Too many open files')
    for (const error of [shortage, native, new Error('x', { cause: shortage }), { errors: [absent, native] }])
      expect(isShortage(error)).toBe(true)
    const circular: { cause?: unknown } = {}
    circular.cause = circular
    for (const error of [absent, circular, null, undefined, 'EMFILE']) expect(isShortage(error)).toBe(false)
  })
})
