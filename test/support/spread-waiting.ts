import { statSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests of faults and of live push spend most of their time waiting. */
const mostlyWaits = ({ moduleId }: TestSpecification) => /\/test\/(faults|live)\//.test(moduleId)

/**
 * Vitest's order, except that tests that wait are spread over the whole run. Otherwise the processors would be idle while
 * several of them wait at the same time.
 */
export class SpreadWaiting extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const projects = [...new Set(sorted.map(({ project }) => project))]
    return projects.flatMap((project) => spread(sorted.filter((file) => file.project === project)))
  }
}

function spread(files: readonly TestSpecification[]): TestSpecification[] {
  return [...placed(files.filter(mostlyWaits)), ...placed(files.filter((file) => !mostlyWaits(file)))]
    .sort((one, other) => one.place - other.place)
    .map(({ file }) => file)
}

/** Places files between 0 and 1, with as much room for each as its share of their bytes. */
function placed(files: readonly TestSpecification[]): { file: TestSpecification; place: number }[] {
  const sizes = files.map(({ moduleId }) => statSync(moduleId).size)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let before = 0
  return files.map((file, index) => {
    const place = before / total
    before += sizes[index] ?? 0
    return { file, place }
  })
}
