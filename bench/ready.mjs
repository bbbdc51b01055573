// Installs and builds everything the measurements need, before any of it is imported.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))

if (!existsSync(`${here}node_modules/better-auth`))
  execFileSync('npm', ['ci', '--silent'], { cwd: here, stdio: 'inherit' })
execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' })
