import type { TestProject } from 'vitest/node'
import { embeddedTemplate } from './embedded-template.js'
import { providePrograms } from './programs.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The mode that the tests run in. */
    mode: 'embedded' | 'service'
  }
}

export default async function setup(project: TestProject) {
  project.provide('mode', 'embedded')
  const { folder, remove } = await providePrograms(project)
  await embeddedTemplate(folder)
  return remove
}
