import { expect, test } from 'vitest'
import { type Inline, parseMarkdown } from '../../../src/web/wizard/parts/parse-markdown.js'

const text = (text: string): Inline => ({ kind: 'text', text })

test('headings, paragraphs and lists are told apart', () => {
  const source =
    '# Find a time\n\nDo this\nin order:\n\n1. Check the calendars\n   for two weeks.\n2. Suggest three times.\n\n- Or ask.\n'
  expect(parseMarkdown(source)).toEqual([
    { kind: 'heading', content: [text('Find a time')] },
    { kind: 'paragraph', content: [text('Do this in order:')] },
    {
      kind: 'list',
      isOrdered: true,
      start: 1,
      items: [[text('Check the calendars'), text(' '), text('for two weeks.')], [text('Suggest three times.')]],
    },
    { kind: 'list', isOrdered: false, start: 1, items: [[text('Or ask.')]] },
  ])
})

test('code, bold, italics and links to web pages are recognized within a line', () => {
  expect(parseMarkdown('Use `a_b`, **really `now`**, _not_ snake_case_words, [docs](https://example.com/a).')).toEqual([
    {
      kind: 'paragraph',
      content: [
        text('Use '),
        { kind: 'code', text: 'a_b' },
        text(', '),
        { kind: 'strong', content: [text('really '), { kind: 'code', text: 'now' }] },
        text(', '),
        { kind: 'emphasis', content: [text('not')] },
        text(' snake_case_words, '),
        { kind: 'link', url: 'https://example.com/a', content: [text('docs')] },
        text('.'),
      ],
    },
  ])
})

test.each(['<img src=x onerror=alert(1)>', '[click](javascript:alert(1))', '[click](data:text/html,x)'])(
  '%s remains text',
  (source) => {
    expect(parseMarkdown(source)).toEqual([{ kind: 'paragraph', content: [text(source)] }])
  },
)

test('code blocks are kept as they are, even if they never end', () => {
  expect(parseMarkdown('```sh\n# no heading\n- no item\n```\nAfter')).toEqual([
    { kind: 'code', text: '# no heading\n- no item' },
    { kind: 'paragraph', content: [text('After')] },
  ])
  expect(parseMarkdown('```\nopen')).toEqual([{ kind: 'code', text: 'open' }])
})

test('a paragraph may have any number of parts', () => {
  const [paragraph] = parseMarkdown('`a` '.repeat(20_000))
  expect(paragraph).toMatchObject({ kind: 'paragraph' })
  expect(paragraph && 'content' in paragraph ? paragraph.content : []).toHaveLength(39_999)
})
