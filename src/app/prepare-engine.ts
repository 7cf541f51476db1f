import module from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'

/** Next to the packages, where tools keep what can be deleted at any time. */
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/patchbay', import.meta.url))
/**
 * How much a WebAssembly function runs before V8 optimizes it, in bytes of code. Prisma's query compiler runs once per
 * form of query. V8's own budget (1.8 million in Node 20) optimizes it after a few forms, which takes 60 MB. Functions
 * that are really hot, such as those of PGlite, still reach this one soon.
 */
const WASM_TIERING_BUDGET = 100_000_000

/**
 * How much the heap grows before V8 collects all garbage, in percent of what was in use after the last time. By its own
 * rule, it grows to up to four times that, and an instance with thousands of waiting subscribers is mostly garbage.
 */
const HEAP_GROWING_PERCENT = 70

/** Since Node 22.1. The types are those of the oldest Node that Patchbay supports. */
const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown }

/**
 * Sets up Node and V8 before the program is loaded, because V8 keeps compiled code only for the flags it was compiled
 * with. If the cache can't be written, Node uses what is in it. `NODE_COMPILE_CACHE` names another folder, and
 * `NODE_DISABLE_COMPILE_CACHE=1` turns the cache off.
 */
export function prepareEngine(): void {
  setFlagsFromString(`--wasm-tiering-budget=${WASM_TIERING_BUDGET}`)
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`)
  enableCompileCache?.(COMPILED)
}
