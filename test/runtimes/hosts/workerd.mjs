// workerd, by miniflare: bundles worker.mjs and serves it.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'

const { PORT, DATABASE_URL } = process.env
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('worker.mjs', import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  conditions: ['workerd', 'worker'],
  // Bundles have no URL of their own; wrangler gives them one like this.
  define: { 'import.meta.url': '"file:///latchkey/dist/bundle.js"' },
  // pg is CommonJS, and asks for modules of Node by name.
  banner: {
    js: `import { createRequire as requireOf } from 'node:module'; const require = requireOf('file:///')`,
  },
  external: ['cloudflare:sockets', '@node-rs/*', '@electric-sql/pglite'],
  logLevel: 'error',
})
const worker = new Miniflare({
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0].text }],
  compatibilityDate: '2026-04-01',
  compatibilityFlags: ['nodejs_compat'],
  bindings: {
    DATABASE_URL,
    LATCHKEY_SECRET: 'a secret of tests that opens nothing else',
    BASE_URL: `http://localhost:${PORT}`,
  },
  host: 'localhost',
  port: Number(PORT),
  cf: false,
})
await worker.ready
console.log('Listening on workerd')
process.once('SIGTERM', () => worker.dispose())
