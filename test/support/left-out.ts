import { readdir } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { createTagsFilter } from '@vitest/runner/utils'
import type { Plugin } from 'vite'
import type { Reporter, TestCase, TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import { type Requirement, remedyFor } from './requirement.js'

/** A project that cannot run at all without what it needs. The configuration then gives it no files. */
export interface ProjectNeeds {
  name: string
  needs: readonly Requirement[]
  /** Whether the project would run this file, a path from the root. */
  has(file: string): boolean
}

/** Some tests that did not run. */
export interface LeftOut {
  /** How many tests, or which. */
  tests: string
  /** What they need and this machine lacks. Without any, it is the code that skips them. */
  missing: readonly Requirement[]
  /** The files they are in, unless that is a whole project. */
  files?: readonly string[]
}

/**
 * Ends each run with a summary of the tests it left out. With CI set, a run that leaves tests out fails.
 *
 * The summary joins the reporters that the configuration or the command line chooses.
 * @param missing what this machine lacks; tests whose tag names one of these are skipped by the configuration
 */
export function reportLeftOut(missing: readonly Requirement[], projects: readonly ProjectNeeds[] = []): Plugin {
  return {
    name: 'patchbay:left-out',
    configureVitest({ vitest, project }) {
      // Called for each project, and each one has loaded the configuration again.
      if (project === vitest.projects[0]) vitest.config.reporters.push(new LeftOutReporter(missing, projects))
    },
  }
}

class LeftOutReporter implements Reporter {
  private vitest!: Vitest

  constructor(
    private readonly missing: readonly Requirement[],
    private readonly projects: readonly ProjectNeeds[],
  ) {}

  onInit(vitest: Vitest): void {
    this.vitest = vitest
  }

  async onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: TestRunEndReason): Promise<void> {
    const leftOut = [...(await this.leftOutProjects()), ...this.leftOutTests(modules, reason)]
    if (leftOut.length === 0) return
    const failsRun = Boolean(process.env.CI)
    if (failsRun) process.exitCode = 1
    this.vitest.logger.error(`\n${summaryOf(leftOut, failsRun)}\n`)
  }

  private async leftOutProjects(): Promise<LeftOut[]> {
    const { root } = this.vitest.config
    const files = (await readdir(join(root, 'test'), { recursive: true })).map((file) => join('test', file))
    const asked = files.filter((file) => isAskedFor(file, this.vitest))
    return this.projects.flatMap(({ name, needs, has }) => {
      const isChosen = this.vitest.projects.some((project) => project.name === name)
      const missing = needs.filter((each) => this.missing.includes(each))
      const count = asked.filter(has).length
      if (!isChosen || missing.length === 0 || count === 0) return []
      return [{ tests: `every test in ${name} mode (${counted(count, 'file')})`, missing }]
    })
  }

  private leftOutTests(modules: readonly TestModule[], reason: TestRunEndReason): LeftOut[] {
    const pattern = this.vitest.getGlobalTestNamePattern()
    const { tagsFilter, tags } = this.vitest.config
    const hasTags = tagsFilter ? createTagsFilter(tagsFilter, tags) : () => true
    const skipped = modules
      .flatMap((module) => [...module.children.allTests('skipped')])
      .filter((test) => (pattern === undefined || pattern.test(nameOf(test))) && hasTags([...test.tags]))
    const byNeed = groupBy(skipped, (test) => this.missing.find(({ tag }) => test.tags.includes(tag)))
    // After a failure, tests are also skipped because what they build on failed.
    if (reason !== 'passed') byNeed.delete(undefined)
    return [...this.missing, undefined].flatMap((requirement) => {
      const tests = byNeed.get(requirement)
      if (!tests) return []
      const counts = groupBy(tests, ({ module }) => module.relativeModuleId)
      return {
        tests: `${counted(tests.length, 'test')} in ${counted(counts.size, 'file')}`,
        missing: requirement ? [requirement] : [],
        files: [...counts].map(([file, { length }]) => `${file} (${length})`).sort(),
      }
    })
  }
}

/** Returns whether the file is one of those that the command line names. If it names none, all are. */
function isAskedFor(file: string, vitest: Vitest): boolean {
  const { root } = vitest.config
  const { filenamePattern = [''] } = vitest as Vitest & { filenamePattern?: string[] }
  return filenamePattern.some((filter) => file.includes(filter) || file.includes(relative(root, resolve(root, filter))))
}

/** Returns the name as `-t` sees it. */
function nameOf(test: TestCase): string {
  const names = [test.name]
  for (let at = test.parent; at.type === 'suite'; at = at.parent) names.unshift(at.name)
  return names.join(' ')
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Returns what to print at the end of a run that left tests out. */
export function summaryOf(leftOut: readonly LeftOut[], failsRun: boolean): string {
  const missing = [...new Set(leftOut.flatMap((each) => each.missing))]
  const lines = leftOut.flatMap(({ tests, missing, files = [] }) => [
    `  ${tests}`,
    ...(missing.length > 0 ? missing.map(({ absence }) => `    ${absence}`) : ['    The code skips them.']),
    ...files.map((file) => `      ${file}`),
    '',
  ])
  return [
    'LEFT OUT: this run skipped some tests.',
    '',
    ...lines,
    ...(missing.length > 0 ? remedyFor(missing) : []),
    ...(failsRun ? ['CI is set, so a run that leaves tests out fails.'] : []),
  ].join('\n')
}
