// Copies what the page of the HTTP contract shows itself with, beside the built code. The sources are pinned packages,
// so that nothing is loaded from elsewhere and no copy stands in the repository.
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
