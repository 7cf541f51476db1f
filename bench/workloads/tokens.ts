import { numbers } from '../fixture/fixture.js'
import { median, percentile } from '../report/statistics.js'
import { startGenerator } from '../rig/generator.js'
import { cpuMsOf } from '../rig/process-stats.js'
import { prepareTokens, type TokenServer, type Tokens } from './token-servers.js'
import type { Measuring, Workload } from './workload.js'

const AT_A_TIME = 64
const CALLERS_PER_TOKEN = 20
const HOUR_MS = 3_600_000
const NEARLY_OVER_MS = 4 * 60_000

/** Issues fresh tokens, refreshes due ones, and checks that each is refreshed once however many callers want it. */
export const tokens: Workload = async (measuring) => {
  const { name } = measuring.entrant.contestant
  if (name !== 'floor' && name !== 'patchbay') return
  await using stage = await prepareTokens(measuring.services, name)
  await issueFresh(measuring, stage)
  await refreshDue(measuring, stage)
  if (name === 'patchbay') await rotateOnce(measuring, stage)
}

async function issueFresh({ entrant, options, results }: Measuring, stage: Tokens): Promise<void> {
  const { name } = entrant.contestant
  const subjects = numbers(options.fresh).map((index) => `fresh-${index}`)
  const later = new Date(Date.now() + HOUR_MS)
  await stage.connect(subjects, { accessTokenExpiresAt: later, refreshDueAt: later })
  const server = await stage.start()
  const generator = startGenerator()
  const load = (seconds: number) =>
    generator.perform({
      kind: 'http',
      url: server.url,
      requests: subjects.map(server.issue),
      connections: AT_A_TIME,
      seconds,
    })
  try {
    for (const subject of subjects.slice(0, 5)) await checkIssued(server, subject)
    await load(options.warmSeconds)
    const before = cpuMsOf(server.pid)
    const issued = await load(options.seconds)
    results.add(name, 'fresh tokens issued/s', issued.perSecond)
    results.add(name, 'fresh tokens, p50 ms', issued.p50Ms)
    results.add(name, 'fresh tokens, p99 ms', issued.p99Ms)
    results.add(name, 'fresh tokens, CPU ms each', (cpuMsOf(server.pid) - before) / issued.requests)
  } finally {
    generator.stop()
    await server.stop()
  }
}

async function checkIssued({ url, issue }: TokenServer, subject: string): Promise<void> {
  const { path, headers, body } = issue(subject)
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body })
  const text = await response.text()
  if (!/"accessToken":"[0-9a-f]{32}"/.test(text)) throw new Error(`no token was issued: ${text}`)
}

async function refreshDue({ entrant, options, results }: Measuring, stage: Tokens): Promise<void> {
  const { name } = entrant.contestant
  const subjects = numbers(options.due).map((index) => `due-${index}`)
  await stage.connect(subjects, {
    accessTokenExpiresAt: new Date(Date.now() + NEARLY_OVER_MS),
    refreshDueAt: null,
  })
  const server = await stage.start()
  try {
    const [callsBefore, cpuBefore, startedAt] = [stage.app.tokenCalls, cpuMsOf(server.pid), performance.now()]
    await server.refresh('due-')
    results.add(name, 'due refreshes/s', options.due / ((performance.now() - startedAt) / 1_000))
    results.add(name, 'due refreshes, CPU ms each', (cpuMsOf(server.pid) - cpuBefore) / options.due)
    const calls = stage.app.tokenCalls - callsBefore
    if (calls !== options.due) throw new Error(`${name} made ${calls} requests for ${options.due} refreshes`)
  } finally {
    await server.stop()
  }
}

/**
 * All callers want a token that is about to expire, at the same time, at two instances. Before, the same callers get
 * fresh tokens, so that the difference is what they wait for the refresh, and not for their sockets or a cold process.
 */
async function rotateOnce({ results, entrant, options: { rotated } }: Measuring, stage: Tokens): Promise<void> {
  const subjects = numbers(rotated).map((index) => `rotated-${index}`)
  const fresh = numbers(rotated).map((index) => `lasting-${index}`)
  await stage.connect(subjects, { refreshDueAt: null })
  await stage.connect(fresh, { refreshDueAt: null, accessTokenExpiresAt: new Date(Date.now() + HOUR_MS) })
  const servers = [await stage.start(), await stage.start()]
  const callersOf = (wanted: readonly string[]) =>
    Promise.all(
      numbers(rotated * CALLERS_PER_TOKEN, 0).map(async (index) => {
        const startedAt = performance.now()
        const server = servers[index % servers.length]
        if (server) await checkIssued(server, wanted[index % rotated] ?? '')
        return performance.now() - startedAt
      }),
    )
  try {
    await callersOf(fresh)
    const tookFresh = await callersOf(fresh)
    const before = stage.app.tokenCalls
    const took = await callersOf(subjects)
    const { name } = entrant.contestant
    const callers = `${CALLERS_PER_TOKEN} callers for each of ${rotated}`
    results.add(name, `${callers} fresh tokens, p50 ms`, median(tookFresh))
    results.add(name, `${callers} due tokens, p50 ms`, median(took))
    results.add(name, `${callers} due tokens, p99 ms`, percentile(took, 0.99))
    const calls = stage.app.tokenCalls - before
    if (calls !== rotated || stage.app.reuses > 0) {
      throw new Error(`${calls} requests for ${rotated} tokens, ${stage.app.reuses} with a used refresh token`)
    }
  } finally {
    await Promise.all(servers.map(({ stop }) => stop()))
  }
}
