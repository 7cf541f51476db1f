// Loaded before a program: its wall clock goes wrong by CLOCK_SHIFT_MS milliseconds. Timers are unaffected.
const shiftMs = Number(process.env.CLOCK_SHIFT_MS)
const { now } = Date
Date.now = () => now() + shiftMs
globalThis.Date = new Proxy(Date, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [Date.now()] : given, newTarget),
  apply: () => new Date().toString(),
})
