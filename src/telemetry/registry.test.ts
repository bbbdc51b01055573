import { describe, expect, it } from 'vitest'
import { createRegistry } from './registry.js'

const linesOf = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(name))

describe('the registry', () => {
  it('names every instrument, with its kind, before anything was measured', () => {
    const text = createRegistry({ hashQueue: () => 0 }).render()
    expect(linesOf(text, '# TYPE')).toEqual([
      '# TYPE latchkey_http_requests_total counter',
      '# TYPE latchkey_http_request_duration_seconds histogram',
      '# TYPE latchkey_sign_ins_total counter',
      '# TYPE latchkey_messages_total counter',
      '# TYPE latchkey_limiter_refusals_total counter',
      '# TYPE latchkey_limiter_reached_total counter',
      '# TYPE latchkey_hash_queue gauge',
    ])
    expect(text.endsWith('\n')).toBe(true)
  })

  it('counts each set of labels apart', () => {
    const registry = createRegistry({ hashQueue: () => 0 })
    for (const status of ['200', '401', '200']) registry.count('requests', { route: 'session.get', status })
    expect(linesOf(registry.render(), 'latchkey_http_requests_total')).toEqual([
      'latchkey_http_requests_total{route="session.get",status="200"} 2',
      'latchkey_http_requests_total{route="session.get",status="401"} 1',
    ])
  })

  it('counts a duration in every bucket that reaches it', () => {
    const registry = createRegistry({ hashQueue: () => 0 })
    for (const seconds of [0.001, 0.04, 7]) registry.time(seconds, { route: 'ready' })
    const name = 'latchkey_http_request_duration_seconds'
    const lines = linesOf(registry.render(), name)
    expect(lines).toContain(`${name}_bucket{route="ready",le="0.001"} 1`)
    expect(lines).toContain(`${name}_bucket{route="ready",le="0.05"} 2`)
    expect(lines).toContain(`${name}_bucket{route="ready",le="5"} 2`)
    expect(lines).toContain(`${name}_bucket{route="ready",le="+Inf"} 3`)
    expect(lines).toContain(`${name}_sum{route="ready"} 7.041`)
    expect(lines).toContain(`${name}_count{route="ready"} 3`)
  })

  it('reads a gauge when it is asked', () => {
    let waiting = 3
    const registry = createRegistry({ hashQueue: () => waiting })
    waiting = 5
    expect(linesOf(registry.render(), 'latchkey_hash_queue')).toEqual(['latchkey_hash_queue 5'])
  })

  it('lets no label break out of its line', () => {
    const registry = createRegistry({ hashQueue: () => 0 })
    registry.count('signIns', { strategy: 'a"} 9\nlatchkey_fake 1', outcome: '\\' })
    const text = registry.render()
    expect(linesOf(text, 'latchkey_fake')).toEqual([])
    expect(text).toContain('{strategy="a\\"} 9\\nlatchkey_fake 1",outcome="\\\\"} 1')
  })
})
