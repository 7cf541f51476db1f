import { expect, test } from 'vitest'
import { accountLabel, withDots } from '../../../src/web/wizard/parts/account-label.js'

test('a dot between the parts of an account stays with the part after it', () => {
  expect(withDots('ada@northwind.example · Customer support · northwind')).toBe(
    'ada@northwind.example ·\u00a0Customer support ·\u00a0northwind',
  )
  expect(accountLabel({ account: { id: '1', label: 'ada · north' } })).toBe('ada ·\u00a0north')
})
