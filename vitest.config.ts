import { defineConfig } from 'vitest/config'

// `unit` runs on the sources, in parallel, in milliseconds, simulated networks included. `integration` runs
// on the built package in dist/ with real browsers and headless receivers, one file at a time: the machine
// has few cores and a frame that waits for a core says nothing about pixelcast.
export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'test/network/*.test.ts'], pool: 'forks' },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts', 'test/browser/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // `npm run test:engines`: against engines of others, built or installed before.
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // `npm run test:bench`: the benchmark itself as a smoke test, some two minutes of it.
        test: {
          name: 'bench',
          include: ['test/bench/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
