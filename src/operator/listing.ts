/** What a terminal shows without breaking lines itself. */
const WIDTH = 100

/** Formats labels and values in two columns. Long values continue below their beginning. */
export function listing(rows: readonly (readonly [string, string])[]): string[] {
  const column = Math.max(...rows.map(([label]) => label.length)) + 2
  return rows.flatMap(([label, value]) =>
    wrapped(value, WIDTH - column).map((line, index) => `${(index === 0 ? label : '').padEnd(column)}${line}`),
  )
}

/** Indents a text, and breaks its lines where they would be too long. */
export function indented(text: string, indent: number): string[] {
  return text.split('\n').flatMap((line) => {
    const [own = ''] = /^[ ]*/.exec(line) ?? []
    // What continues a line is further to the right than what follows it.
    const continued = ' '.repeat(own.length + 2)
    const [first = '', ...rest] = wrapped(line.slice(own.length), WIDTH - indent - continued.length)
    return [own + first, ...rest.map((part) => continued + part)].map((part) => ' '.repeat(indent) + part)
  })
}

/** Breaks a line at spaces, and words that are longer than a line wherever that is. */
function wrapped(line: string, width: number): string[] {
  const lines: string[] = []
  let rest = line
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width)
    const end = space > 0 ? space : width
    lines.push(rest.slice(0, end))
    rest = rest.slice(space > 0 ? end + 1 : end)
  }
  return [...lines, rest]
}
