/** What a browser loads of the client: how much it is, and that nothing of the server is in it. */

import { gzipSync } from 'node:zlib'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

async function bundle(door: string) {
  const { outputFiles, metafile } = await build({
    entryPoints: [`${root}dist/client/${door}.js`],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    external: ['react', 'react/jsx-runtime'],
  })
  const text = outputFiles[0]?.text ?? ''
  return { text, bytes: gzipSync(text).length, inputs: Object.keys(metafile.inputs) }
}

describe.each(['index', 'react'])('the bundle of client/%s', (door) => {
  it('is under 4 KB gzipped', async () => {
    const { bytes } = await bundle(door)
    expect(bytes).toBeGreaterThan(500)
    expect(bytes).toBeLessThan(4096)
  })

  it('is made of the client alone', async () => {
    const { inputs, text } = await bundle(door)
    const ofClient = /^dist\/(?:client\/|features\/clients\.js$|features\/[a-z-]+\/client\.js$)/
    expect(inputs.filter((each) => !ofClient.test(each))).toEqual([])
    expect(text).not.toMatch(/zod|node:|require\(|insert into|argon2|hono/i)
  })
})
