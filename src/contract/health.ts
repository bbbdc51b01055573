/** Whether the process runs, and whether it can serve. */

import * as z from 'zod'
import { statusSchema } from './status.js'

/** The process runs. */
export const healthSchema = statusSchema('ok')

/** The state of database and schema. */
export const readySchema = z.object({ status: z.enum(['ok', 'degraded', 'unavailable']) })
