import { Pool } from 'undici'
import type { HttpRequest } from '../adapters/contestant.js'
import { percentile } from '../report/statistics.js'
import type { HttpResult, HttpTask } from './tasks.js'

/** Repeats these requests on each connection, one after another, for some seconds. @throws if an answer isn't 200 */
export async function loadOverHttp({ url, requests, connections, seconds }: HttpTask): Promise<HttpResult> {
  const pool = new Pool(url, { connections, pipelining: 1 })
  const samples: number[] = []
  const startedAt = performance.now()
  const endsAt = startedAt + seconds * 1_000
  let next = 0
  const worker = async () => {
    while (performance.now() < endsAt) {
      const sentAt = performance.now()
      await ask(pool, requests[next++ % requests.length] as HttpRequest)
      samples.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  const took = (performance.now() - startedAt) / 1_000
  await pool.close()
  return {
    requests: samples.length,
    perSecond: samples.length / took,
    p50Ms: percentile(samples, 0.5),
    p99Ms: percentile(samples, 0.99),
  }
}

/** undici's lowest level, because the load shares the machine with what it measures. */
function ask(pool: Pool, { path, headers, body }: HttpRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    let status = 0
    pool.dispatch(
      { path, method: 'POST', headers, body },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode
        },
        onResponseData() {},
        onResponseEnd() {
          if (status === 200) resolve()
          else reject(new Error(`an answer under load was ${status}`))
        },
        onResponseError(_controller, error) {
          reject(error)
        },
      },
    )
  })
}
