import { readFile } from 'node:fs/promises'
import { ConfigurationError } from '../../config/configuration-error.js'
import type { Config } from '../../config/environment.js'
import type { Deps } from '../../domain/deps.js'
import { type InputFault, InvalidInputError } from '../../domain/errors.js'
import { type AppliedConnectors, applyConnectors, releaseConnectors } from '../../domain/publishing/apply-connectors.js'
import type { ConfigureDeps } from '../../domain/publishing/configure-connector.js'
import type { ServerTelemetry } from '../../observability/telemetry.js'
import { type PlacedFault, parseDocument } from './parse-document.js'
import { resolveReferences } from './resolve-references.js'

/**
 * Makes the connectors what the file in PATCHBAY_CONNECTORS says.
 * @throws ConfigurationError with every fault and its line; nothing is stored then
 */
export async function applyConnectorFile(
  deps: ConfigureDeps & Pick<Deps, 'sql'>,
  { connectors }: Pick<Config, 'connectors'>,
  telemetry: Pick<ServerTelemetry, 'connectorsApplied'>,
): Promise<void> {
  if (!connectors) return releaseConnectors(deps)
  telemetry.connectorsApplied(await applied(deps, connectors))
}

async function applied(
  deps: ConfigureDeps,
  { file, variable }: NonNullable<Config['connectors']>,
): Promise<AppliedConnectors> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError(`PATCHBAY_CONNECTORS names ${file}, which can’t be read (${error.code}).`)
  })
  const { content, faults: syntax, lineOf } = await parseDocument(text)
  if (syntax.length > 0) throw refusal(file, syntax)
  const placed = (faults: readonly InputFault[]) => faults.map((fault) => ({ ...fault, line: lineOf(fault.path) }))
  const { list, faults: shape } = listIn(content)
  if (shape.length > 0) throw refusal(file, placed(shape))

  const resolved = list.map((connector) => resolveReferences(connector, variable))
  const references = resolved.flatMap(({ faults }, index) =>
    faults.map(({ path, message }) => ({ path: `connectors[${index}].${path}`, message })),
  )
  try {
    const inputs = resolved.map(({ input }) => input)
    return await applyConnectors(deps, inputs, references)
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    throw refusal(file, placed(error.faults))
  }
}

function listIn(content: unknown): { list: unknown[]; faults: InputFault[] } {
  if (typeof content !== 'object' || content === null || !('connectors' in content)) {
    return { list: [], faults: [{ path: '(whole)', message: 'must have the member connectors: a list of connectors' }] }
  }
  const { connectors, ...others } = content
  const unknown = Object.keys(others).map((path) => ({ path, message: 'is unknown' }))
  if (Array.isArray(connectors)) return { list: connectors, faults: unknown }
  return { list: [], faults: [{ path: 'connectors', message: 'must be a list' }, ...unknown] }
}

function refusal(file: string, faults: readonly PlacedFault[]): ConfigurationError {
  const lines = [...faults]
    .sort((a, b) => a.line - b.line)
    .map(({ path, message, line }) => `✖ line ${line}: ${path === '(whole)' ? '' : `${path}: `}${message}`)
  return new ConfigurationError(
    `The file ${file} in PATCHBAY_CONNECTORS has faults, so no connector was changed:\n${lines.join('\n')}`,
  )
}
