/** What an engine tells of itself: lines of a real pino, spans and metrics of a real SDK, and counters. */

import { metrics, trace } from '@opentelemetry/api'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TestAuth } from '../../src/testing/index.js'
import { createTestAuth } from '../../src/testing/index.js'
import { goodPassword } from '../../src/testing/suite/case.js'
import { signUp } from '../harness/signed-in.js'

const email = 'ada@example.com'
const lines: string[] = []
const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
const told = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>)

let kit: TestAuth
let secrets: string[]
let stories = 0
beforeAll(async () => {
  kit = await createTestAuth({ logger, metrics: true, limits: { signUpNetwork: { limit: 2 } } })
})
afterAll(() => kit.auth.close())
afterEach(() => void lines.splice(0))

async function send(method: string, path: string, body?: object): Promise<Response> {
  const headers = { origin: 'http://localhost:3000', 'content-type': 'application/json' }
  const request = new Request(`http://localhost:3000/auth/${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return kit.auth.fetch(request, { address: '192.0.2.7' })
}

/** A whole story, with every secret that it minted. */
async function tellStory(address: string): Promise<void> {
  const cookie = await signUp(kit, address, `198.51.100.${++stories}`)
  const wrong = { email: address, password: 'wrong entirely here' }
  await send('POST', 'password/request', wrong)
  await send('POST', 'email-otp/callback', { email: address, code: '000000' })
  const messages = await kit.inbox.to(address)
  const minted = messages.flatMap(({ token, code, link }) => [token, code, link])
  secrets = [goodPassword, wrong.password, address, ...minted.filter((each) => each !== undefined)]
  secrets.push(...cookie.split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1)))
}

function expectNoSecret(text: string): void {
  expect(secrets.length).toBeGreaterThan(6)
  for (const secret of secrets) expect(text).not.toContain(secret)
  expect(text).not.toContain('192.0.2.7')
}

describe('the log', () => {
  it('has one line for each request, with its id, route, status, code and reason', async () => {
    const answers = [
      await send('GET', 'health'),
      await send('GET', 'session'),
      await send('POST', 'password/request', {
        email: 'nobody@example.com',
        password: 'wrong entirely here',
      }),
      await send('POST', 'sign-up', { email: 7 }),
      await send('GET', 'nowhere'),
      await send('POST', 'nowhere/callback'),
    ]
    const requests = told().filter(({ requestId }) => requestId !== undefined)
    expect(requests.map(({ requestId }) => requestId)).toEqual(
      answers.map(({ headers }) => headers.get('x-request-id')),
    )
    expect(requests.map(({ route, method, status, code }) => [route, method, status, code])).toEqual([
      ['health', 'GET', 200, undefined],
      ['session.get', 'GET', 401, 'session_required'],
      ['password.request', 'POST', 401, 'invalid_credentials'],
      ['sign-up', 'POST', 422, 'input_invalid'],
      [null, 'GET', 404, 'not_found'],
      [null, 'POST', 404, 'strategy_disabled'],
    ])
    expect(requests[2]?.['reason']).toEqual(expect.any(String))
    expect(requests.every(({ ms }) => typeof ms === 'number')).toBe(true)
  })

  it('holds no secret and no address', async () => {
    await tellStory('grace@example.com')
    expect(told().length).toBeGreaterThan(4)
    expectNoSecret(lines.join(''))
  })

  it('that throws fails nothing', async () => {
    const fail = () => {
      throw new Error('the disk of the log is full')
    }
    const { auth } = await createTestAuth({ logger: { debug: fail, info: fail, warn: fail, error: fail } })
    for (const path of ['health', 'session', 'nowhere'])
      expect((await auth.fetch(new Request(`http://localhost:3000/auth/${path}`))).status).toBeLessThan(500)
    await auth.close()
  })
})

describe('GET /auth/metrics', () => {
  it('counts requests, sign-ins, messages and refusals of the limiter', async () => {
    await tellStory(email)
    for (let count = 0; count < 3; count++)
      await send('POST', 'sign-up', { email: `${count}@example.com`, password: goodPassword })
    const answer = await send('GET', 'metrics')
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = await answer.text()
    expect(text).toMatch(/latchkey_http_requests_total\{route="sign-up",status="202"\} \d+/)
    expect(text).toMatch(/latchkey_sign_ins_total\{strategy="password",outcome="success"\} \d+/)
    expect(text).toMatch(/latchkey_sign_ins_total\{strategy="password",outcome="invalid_credentials"\} \d+/)
    expect(text).toMatch(/latchkey_messages_total\{event="email",outcome="delivered"\} \d+/)
    expect(text).toMatch(/latchkey_limiter_refusals_total\{budget="signUpNetwork"\} 1/)
    expect(text).toMatch(/latchkey_http_request_duration_seconds_count\{route="sign-up"\} \d+/)
    expect(text).toContain('latchkey_hash_queue 0\n')
    expectNoSecret(text)
  })

  it('counts the session check, which has a lane of its own', async () => {
    const count = async (): Promise<number> => {
      const text = await (await send('GET', 'metrics')).text()
      return Number(/requests_total\{route="session.get",status="401"\} (\d+)/.exec(text)?.[1] ?? 0)
    }
    const before = await count()
    await send('GET', 'session')
    expect(await count()).toBe(before + 1)
  })

  it('is nowhere unless it is switched on', async () => {
    const { auth } = await createTestAuth()
    for (const path of ['metrics', 'metrics/', 'METRICS'])
      expect((await auth.fetch(new Request(`http://localhost:3000/auth/${path}`))).status).toBe(404)
    await auth.close()
  })
})

describe('OpenTelemetry', () => {
  const spans = new InMemorySpanExporter()
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  beforeAll(() => {
    // Registered after the engine was opened, as a host may do.
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }),
    )
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  })
  afterAll(async () => {
    trace.disable()
    metrics.disable()
    await reader.shutdown()
  })

  async function measured(): Promise<Map<string, MetricData>> {
    const { resourceMetrics } = await reader.collect()
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics)
    return new Map(all.map((metric) => [metric.descriptor.name, metric]))
  }

  it('gets a span for each request and operation, with names, statuses and codes alone', async () => {
    await tellStory('lovelace@example.com')
    await send('GET', 'session')
    const finished = spans.getFinishedSpans()
    const names = new Set(finished.map(({ name }) => name))
    expect([...names]).toEqual(
      expect.arrayContaining([
        'latchkey.http',
        'latchkey.accounts.requestSignUp',
        'latchkey.accounts.authenticateWithPassword',
      ]),
    )
    const refused = finished.find(
      ({ attributes }) => attributes['http.route'] === 'password.request' && 'latchkey.code' in attributes,
    )
    expect(refused?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.response.status_code': 401,
      'latchkey.code': 'invalid_credentials',
    })
    const all = finished.map(({ name, attributes, events, status }) => ({ name, attributes, events, status }))
    expectNoSecret(JSON.stringify(all))
  })

  it('gets the same measurements', async () => {
    await tellStory('hopper@example.com')
    const metric = await measured()
    for (const name of [
      'latchkey.http.requests',
      'latchkey.http.request.duration',
      'latchkey.sign_ins',
      'latchkey.messages',
      'latchkey.hash.queue',
    ])
      expect(metric.get(name)?.dataPoints.length, name).toBeGreaterThan(0)
    const outcomes = metric
      .get('latchkey.sign_ins')
      ?.dataPoints.map(({ attributes }) => attributes['outcome'])
    expect(outcomes).toEqual(expect.arrayContaining(['success', 'invalid_credentials']))
    expectNoSecret(JSON.stringify([...metric.values()]))
  })

  it('that throws fails no request', async () => {
    const fail = () => {
      throw new Error('the exporter is broken')
    }
    metrics.disable()
    const broken = { getMeter: fail }
    metrics.setGlobalMeterProvider(broken)
    expect((await send('GET', 'health')).status).toBe(200)
  })
})
