/** What a caller used of a rate limit since its instance last told the others: the limit, who called, how often. */
export type Usage = readonly [limit: string, caller: string, count: number]

/** How many of them one message has at most. */
export const MAX_USAGES = 100
