import type { Provider } from '../catalogue/provider.js'
import { enteredValue, providerWith, surroundingsIn } from '../catalogue/provider-urls.js'
import type { VariableValues } from '../catalogue/url-template.js'
import type { Variable } from '../catalogue/variables.js'
import { InvalidVariablesError, type VariableFault } from '../errors.js'

/** One value that a person entered. */
export interface EnteredVariable {
  name: string
  value: string
}

/**
 * Returns the values of a connector's variables for one authorization: what the person entered, otherwise what the
 * connection to repair has, otherwise the default. A connection keeps its values, because with others it would be
 * another account.
 * @param kept the values of the connection to repair, if there is one
 * @throws InvalidVariablesError that says what to enter
 */
export function enteredVariables(
  provider: Provider,
  entered: readonly EnteredVariable[],
  kept: VariableValues,
): VariableValues {
  const faults: VariableFault[] = unknownIn(provider, entered)
  const values: Record<string, string> = {}
  for (const variable of provider.variables) {
    const { name } = variable
    const keptValue = Object.hasOwn(kept, name) ? kept[name] : undefined
    const text = entered.find((each) => each.name === name)?.value.trim() || keptValue || variable.default
    const value = text ? enteredValue(provider, variable, text) : null
    if (value === null) faults.push({ variable: name, message: adviceFor(provider, variable, !text) })
    else if (keptValue !== undefined && value !== keptValue) faults.push(changed(variable, keptValue))
    else values[name] = value
  }
  if (faults.length === 0 && !providerWith(provider, values)) {
    faults.push({ variable: provider.variables[0]?.name ?? '', message: 'These don’t belong together. Check each.' })
  }
  if (faults.length > 0) throw new InvalidVariablesError(faults)
  return values
}

function unknownIn({ variables }: Provider, entered: readonly EnteredVariable[]): VariableFault[] {
  const names = entered.map(({ name }) => name)
  return names.flatMap((variable, index) => {
    if (!variables.some(({ name }) => name === variable)) {
      return [{ variable, message: 'This app doesn’t ask for it. Leave it out.' }]
    }
    return names.indexOf(variable) < index ? [{ variable, message: 'It was passed twice. Pass it once.' }] : []
  })
}

function adviceFor(provider: Provider, variable: Variable, isMissing: boolean): string {
  const { label, placeholder } = variable
  const { prefix, suffix } = surroundingsIn(provider, variable)
  const address = `${prefix.replace(/^https?:\/\//, '')}${placeholder}${suffix}`
  const fault = isMissing ? `Enter the ${label}.` : `This isn’t a valid ${label}.`
  return address === placeholder
    ? `${fault} An example is ${placeholder}.`
    : `${fault} For ${address}, enter ${placeholder}.`
}

function changed({ name, label }: Variable, value: string): VariableFault {
  const message = `This connection has the ${label} ${value}. To use another one, connect it as another account.`
  return { variable: name, message }
}
