#!/usr/bin/env node
/** The command `latchkey`. */

import { createProgram } from './program.js'

await createProgram((code) => {
  process.exitCode = code
}).parseAsync()
