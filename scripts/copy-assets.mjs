// Copies the assets of the API reference page beside the built code. They come from pinned packages, so that
// the page loads nothing from other hosts and the repository contains no copy.
import { copyFile, mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { root } from './imports.mjs'

const source = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
const target = process.argv[2] ?? join(root, 'dist/api/docs')

const files = [
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'swagger-ui.css',
  'LICENSE',
  'NOTICE',
]

await mkdir(target, { recursive: true })
await Promise.all(files.map((file) => copyFile(join(source, file), join(target, file))))
