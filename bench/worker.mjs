// One system in its own process: fills its tables, runs its operations, or listens.
import { answer } from './calls.mjs'
import { throughput } from './measure.mjs'
import { systems } from './systems/index.mjs'

const [name, url, seed] = process.argv.slice(2)
const system = await systems[name].load()
let opened

answer({
  prepare: () => system.prepare({ url, seed }),
  async open() {
    opened = await system.open({ url, seed })
    return Object.keys(opened.operations)
  },
  async run({ operation, inFlight, ms }) {
    const before = process.cpuUsage()
    const measured = await throughput(opened.operations[operation], inFlight, ms)
    const { user, system: kernel } = process.cpuUsage(before)
    return { ...measured, nodeMicros: user + kernel }
  },
  listen: async () => (await opened.listen?.()) ?? null,
  usage: () => {
    const { user, system: kernel } = process.cpuUsage()
    return { nodeMicros: user + kernel, rss: process.memoryUsage.rss() }
  },
  close: () => opened.close(),
})
