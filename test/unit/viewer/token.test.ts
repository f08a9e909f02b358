import { expect, it } from 'vitest'
import { tokenOf } from '../../../src/viewer/pages/token.js'

it.each([
  ['', undefined],
  ['#', undefined],
  ['#token=', undefined],
  ['#nottoken=abc', undefined],
  ['#token=abc', 'abc'],
  ['#a=b&token=abc&c=d', 'abc'],
  // a plus is a plus, escaped or not
  ['#token=a+b/c==', 'a+b/c=='],
  ['#token=a%2Bb%2Fc%3D%3D', 'a+b/c=='],
  ['#token=%', '%'],
])('the token of a link that ends with %j', (hash, token) => {
  expect(tokenOf(hash)).toBe(token)
})
