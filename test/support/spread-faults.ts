import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests of faults spend most of their time waiting. */
const mostlyWaits = ({ moduleId }: TestSpecification) => moduleId.includes('/test/faults/')

/** Vitest's order, except that other tests run beside those that wait, instead of before or after all of them. */
export class SpreadFaults extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const projects = [...new Set(sorted.map(({ project }) => project))]
    return projects.flatMap((project) => spread(sorted.filter((file) => file.project === project)))
  }
}

/** Every third file is one that waits, as long as there are any. */
function spread(files: readonly TestSpecification[]): TestSpecification[] {
  const waiting = files.filter(mostlyWaits)
  const busy = files.filter((file) => !mostlyWaits(file))
  const spread = waiting.flatMap((file, index) => [file, ...busy.slice(2 * index, 2 * index + 2)])
  return [...spread, ...busy.slice(2 * waiting.length)]
}
