export interface MissingBuild {
  path: string
  name: string
  version: string
  dev: boolean | undefined
}
export function missingBuilds(
  packages: Record<string, { optionalDependencies?: Record<string, string>; dev?: boolean }>,
): MissingBuild[]
