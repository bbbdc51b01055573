/** Whether the process runs, and whether it can serve requests. */

import * as z from 'zod'
import { statusSchema } from './status.js'

/** The process runs. */
export const healthSchema = statusSchema('ok')

/** The state of the database and its schema. */
export const readySchema = z.object({ status: z.enum(['ok', 'degraded', 'unavailable']) })
