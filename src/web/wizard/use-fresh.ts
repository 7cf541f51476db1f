import { useEffect, useRef, useState } from 'react'

/** Returns true once something turns true while the page is open, so that the page can show the moment. */
export function useFresh(isTrue: boolean): boolean {
  const before = useRef(isTrue)
  const [isFresh, setFresh] = useState(false)
  useEffect(() => {
    if (before.current !== isTrue) setFresh(isTrue)
    before.current = isTrue
  }, [isTrue])
  return isFresh
}
