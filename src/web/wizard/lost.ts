import { createContext } from 'react'

/** Takes whether the page shows that there's nothing at its address. Then no tab of the navigation is marked. */
export const LostContext = createContext<(isLost: boolean) => void>(() => {})
