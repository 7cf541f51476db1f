const FIRST_MS = 500
const MOST_MS = 10_000

/** Longer each time, at random so that screens do not come back all at once, and over when the network is back. */
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
