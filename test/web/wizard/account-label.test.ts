import { expect, test } from 'vitest'
import { accountLabel, accountParts, withDots } from '../../../src/web/wizard/parts/account-label.js'

test('a dot between the parts of an account stays with the part after it', () => {
  expect(withDots('ada@northwind.example · Customer support · northwind')).toBe(
    'ada@northwind.example ·\u00a0Customer support ·\u00a0northwind',
  )
  expect(accountLabel({ account: { id: '1', label: 'ada · north' } })).toBe('ada ·\u00a0north')
})

test('a part that says nothing leaves no dot', () => {
  expect(withDots(' · northwind')).toBe('northwind')
  expect(withDots('· Customer support ·  · northwind ·')).toBe('Customer support ·\u00a0northwind')
  expect(accountParts('a·b · c')).toEqual(['a·b', 'c'])
})
