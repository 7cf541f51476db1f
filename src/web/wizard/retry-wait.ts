const FIRST_MS = 500
const MOST_MS = 10_000

/**
 * Waits longer with each retry, for a random time so that pages don't all come back at the same moment. Ends early when
 * the browser comes back online.
 */
export function retryWait(retries: number): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer)
      window.removeEventListener('online', over)
      resolve()
    }
    const most = Math.min(MOST_MS, FIRST_MS * 2 ** retries)
    const timer = setTimeout(over, most * (0.5 + Math.random() / 2))
    window.addEventListener('online', over)
  })
}
