import { useEffect } from 'react'
import { useWizard } from './wizard-context.js'

/**
 * Returns the data or, while it can't be loaded, what this page last showed under the key. So going back works without
 * the server.
 */
export function useKept<T>(key: string, data: T | undefined): T | undefined {
  const { kept } = useWizard()
  useEffect(() => {
    if (data !== undefined) kept.set(key, data)
  }, [kept, key, data])
  return data ?? (kept.get(key) as T | undefined)
}
