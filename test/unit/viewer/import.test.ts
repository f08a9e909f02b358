import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const viewer = new URL('../../../src/viewer/', import.meta.url)

describe('the viewer module', () => {
  it('can be imported where there is no browser', async () => {
    // Not a literal: the compiler would follow it into code that is written for the DOM.
    const module: Record<string, unknown> = await import(new URL('index.ts', viewer).href)
    expect(module).toMatchObject({ Viewer: expect.any(Function), PixelcastViewElement: expect.any(Function) })
  })

  it('leaves pages without inline scripts and styles, which the servers policy forbids', () => {
    for (const name of readdirSync(new URL('pages/', viewer)).filter((file) => file.endsWith('.html'))) {
      const page = readFileSync(new URL(`pages/${name}`, viewer), 'utf8')
      expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/)
      // Relative addresses only, so that the pages work under any prefix.
      expect(page).not.toMatch(/(?:src|href)="\//)
    }
  })
})
