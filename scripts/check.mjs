// Runs every check, prints the time of each, and lists the failed ones at the end.
import { spawnSync } from 'node:child_process'

const parts = ['types', 'lint', 'floors', 'generated', 'surface', 'docs']
const failed = []
for (const part of parts) {
  const start = process.hrtime.bigint()
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', `check:${part}`], {
    encoding: 'utf8',
  })
  const seconds = (Number(process.hrtime.bigint() - start) / 1e9).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${part.padEnd(10)} ${seconds} s`)
  if (status === 0) continue
  failed.push(part)
  console.log(`${stdout}${stderr}`.trimEnd())
}
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
