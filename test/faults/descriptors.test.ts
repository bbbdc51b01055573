/** A process without file descriptors at its first request, hash, number and mail: it answers, and it recovers. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { SMTPServer } from 'smtp-server'
import { expect, it } from 'vitest'

const script = fileURLToPath(new URL('../harness/processes/starved.mjs', import.meta.url))

it('answers with a body while nothing can be loaded, and loads everything once it can', async () => {
  const mail = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'] })
  mail.listen(0, '127.0.0.1')
  await once(mail.server, 'listening')
  const { port } = mail.server.address() as AddressInfo
  const child = spawn('sh', ['-c', `ulimit -n 512; exec "${process.execPath}" "${script}" ${port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let told = ''
  child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()))
  await once(child, 'close')
  mail.close()
  expect(JSON.parse(told)).toEqual({
    starved: {
      session: [401, true],
      page: [200, true],
      text: [202, true],
      bcrypt: 'invalid_credentials',
      argon2: 'invalid_credentials',
      mail: 'failed',
    },
    fed: {
      session: [401, true],
      page: [200, true],
      text: [202, true],
      bcrypt: 'invalid_credentials',
      argon2: 'invalid_credentials',
      mail: 'sent',
    },
  })
}, 60_000)
