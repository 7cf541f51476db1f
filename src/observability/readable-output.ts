import type { DestinationStream } from 'pino'

/** Log lines for a person at a terminal, one each: the time, the level, the message and its fields. */
export async function createReadableOutput(
  write: (text: string) => void,
  { colorize }: { colorize: boolean },
): Promise<DestinationStream> {
  const { prettyFactory } = await import('pino-pretty')
  const pretty = prettyFactory({ colorize, singleLine: true, translateTime: 'SYS:HH:MM:ss' })
  return {
    write(lines) {
      for (const line of lines.split('\n')) if (line !== '') write(pretty(line))
    },
  }
}
